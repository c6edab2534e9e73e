import { formattedValueToString, getFieldDisplayName, getFieldSeriesColor, getValueFormat } from '@grafana/data';
import type { DataFrame, TimeRange, TimeZone } from '@grafana/data';
import { locationService } from '@grafana/runtime';
import { useTheme2 } from '@grafana/ui';
import { useCallback, useMemo } from 'react';
import type { ChartAnomaly, Reference, Span } from '../../view/band-chart/model';
import { BandChart } from '../../view/BandChart';
import { hpaUrl } from '../../view/links';
import type { PanelChart } from './charts';
import { referenceName } from './naming';
import type { BaselineFieldConfig, BaselineOptions } from './options';

/** The pressure at which an HPA is exactly at its target. */
const AT_TARGET = 1;

type Props = {
  chart: PanelChart;
  series: DataFrame[];
  anomalies: ChartAnomaly[];
  options: BaselineOptions;
  hasLegend: boolean;
  range: TimeRange;
  /** When the data came, epoch ms. */
  now: number | null;
  timeZone: TimeZone;
  width: number;
  height: number;
  axisWidth: number | undefined;
  syncKey: string | undefined;
  onZoom: (span: Span) => void;
};

/** One chart of the panel, with units, colours and names as the panel's field options say. */
export function ChartOfPanel({ chart, series, anomalies, options, hasLegend, range, now, ...rest }: Props) {
  const theme = useTheme2();
  const { field, frame, place } = chart;
  const isWhole = chart.metric.startsWith('replicas');
  const custom = (field.config.custom ?? {}) as BaselineFieldConfig;
  const format = useCallback(
    (value: number) =>
      formattedValueToString(field.display?.(value) ?? getValueFormat(field.config.unit)(value, field.config.decimals)),
    [field],
  );
  const [from, to] = [range.from.valueOf(), range.to.valueOf()];
  const span = useMemo(() => ({ from, to }), [from, to]);
  const references = useMemo(
    () => (options.showReferences ? referencesOf(chart, from) : []),
    [chart, options.showReferences, from],
  );
  const band = useMemo(
    () => (chart.band === null || options.showExpected ? chart.band : { ...chart.band, expected: null }),
    [chart.band, options.showExpected],
  );
  return (
    <BandChart
      {...rest}
      name={getFieldDisplayName(field, frame, series)}
      value={chart.value}
      band={band}
      references={references}
      anomalies={anomalies}
      span={span}
      now={now !== null && now < to ? now : null}
      format={format}
      isStepped={isWhole}
      color={field.config.color === undefined ? undefined : getFieldSeriesColor(field, theme).color}
      lineWidth={custom.lineWidth}
      bandOpacity={custom.bandOpacity}
      min={field.config.min ?? undefined}
      max={field.config.max ?? undefined}
      softMin={chart.metric === 'memory' ? undefined : 0}
      decimals={field.config.decimals ?? (isWhole ? 0 : undefined)}
      hasLegend={hasLegend}
      onAnomaly={
        place.hpa === ''
          ? undefined
          : ({ id }) => locationService.push(`${hpaUrl(place)}?from=${from}&to=${to}&anomaly=${encodeURIComponent(id)}`)
      }
    />
  );
}

function referencesOf({ references, metric }: PanelChart, from: number): Reference[] {
  const named = references.map(({ id, kind, line }): Reference => ({ id, kind, line, label: referenceName(id) }));
  if (metric !== 'pressure') return named;
  const line = { times: [from], values: [AT_TARGET] };
  return [...named, { id: 'at_target', kind: 'target', label: referenceName('at_target'), line }];
}
