import type { PanelProps } from '@grafana/data';
import { PanelDataErrorView } from '@grafana/runtime';

export const Panel = ({ id, data, fieldConfig }: PanelProps) => (
  <PanelDataErrorView panelId={id} data={data} fieldConfig={fieldConfig} />
);
