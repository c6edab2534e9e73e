import { t } from '@grafana/i18n';
import { LegendDisplayMode, VizLegend, type VizLegendItem } from '@grafana/ui';
import type { Look } from './look';
import { partId, type Part } from './parts';
import { lookOfPart } from './plot-config';

type Props = {
  name: string;
  parts: readonly Part[];
  look: Look;
  hidden: ReadonlySet<string>;
  onToggle: (id: string) => void;
};

/** What each line is; a click hides or shows it. */
export function ChartLegend({ name, parts, look, hidden, onToggle }: Props) {
  const shown = [...parts.slice(-1), ...parts.slice(0, -1)].filter(
    (part) => part.kind !== 'band' || part.edge === 'upper',
  );
  const items = shown.map((part): VizLegendItem<string> => {
    const { color, style } = lookOfPart(part, look);
    return {
      label: labelOf(part, name),
      color,
      yAxis: 1,
      disabled: hidden.has(partId(part)),
      data: partId(part),
      getItemKey: () => partId(part),
      ...(style && { lineStyle: style }),
    };
  });
  return (
    <VizLegend<string>
      displayMode={LegendDisplayMode.List}
      placement="bottom"
      items={items}
      onLabelClick={({ data }) => data !== undefined && onToggle(data)}
    />
  );
}

function labelOf(part: Part, name: string): string {
  if (part.kind === 'value') return name;
  if (part.kind === 'reference') return part.reference.label;
  return part.kind === 'expected' ? t('band-chart.expected', 'Expected') : t('band-chart.usual', 'Usual range');
}
