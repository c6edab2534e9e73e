import type { StandardEditorProps } from '@grafana/data';
import { t } from '@grafana/i18n';
import { DataSourcePicker } from '@grafana/runtime';
import { DATASOURCE_TYPE } from '../ids';

/** Editor of the option that says which agent a panel asks. A variable of the dashboard can be chosen too. */
export const DataSourceOption = ({ value, onChange, id }: StandardEditorProps<string>) => (
  <DataSourcePicker
    inputId={id}
    pluginId={DATASOURCE_TYPE}
    current={value === '' ? null : value}
    noDefault
    variables
    placeholder={t('panel.data-source-first', 'The first one of HPA Watch')}
    onChange={({ uid }) => onChange(uid)}
    onClear={() => onChange('')}
  />
);
