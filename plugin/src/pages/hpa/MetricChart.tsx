import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { BaselineMetric } from '@hpa-watch/agent/contract';
import type { ChartAnomaly, Span } from '../../view/band-chart/model';
import { BandChart } from '../../view/BandChart';
import {
  formatMemory,
  formatMetric,
  formatPercent,
  formatPressure,
  formatRange,
  formatReplicas,
  metricName,
} from '../../view/format';
import { plain } from '../../view/plain';
import { TEST_IDS } from '../../view/test-ids';
import type { HpaChart } from './charts';

type Props = {
  chart: HpaChart;
  span: Span;
  now: number | null;
  timeZone: string;
  syncKey: string;
  onAnomaly?: (anomaly: ChartAnomaly) => void;
  onZoom?: (span: Span) => void;
};

const HEIGHT_PX = 220;
/** The same function at each drawing, so that the plot is kept. */
const FORMATS: Record<BaselineMetric, (value: number) => string> = {
  cpu: formatPercent,
  memory: formatMemory,
  pressure: formatPressure,
  replicas: formatReplicas,
};

/** One metric of an HPA: its name, what it is now, what is usual then, and the chart. */
export function MetricChart({ chart, span, now, timeZone, syncKey, onAnomaly, onZoom }: Props) {
  const styles = useStyles2(getStyles);
  const { metric, value, band, references, anomalies } = chart;
  return (
    <section className={styles.card} data-testid={TEST_IDS.hpa.chart} data-metric={metric}>
      <header className={styles.head}>
        <h2 className={styles.title}>{metricName(metric)}</h2>
        <span className={styles.now}>{lastText(chart)}</span>
      </header>
      <BandChart
        name={metricName(metric)}
        value={value}
        band={band}
        references={references}
        anomalies={anomalies}
        span={span}
        now={now}
        timeZone={timeZone}
        format={FORMATS[metric]}
        isStepped={metric === 'replicas'}
        softMin={0}
        height={HEIGHT_PX}
        syncKey={syncKey}
        onAnomaly={onAnomaly}
        onZoom={onZoom}
      />
    </section>
  );
}

/** The last known value, and what is usual at that time. */
export function lastText({ metric, value, band }: HpaChart): string {
  const index = value.values.findLastIndex((one) => one !== null);
  const last = value.values[index] ?? null;
  const at = value.times[index];
  if (last === null || at === undefined) return t('hpa.nothing-known', 'nothing known in this range');
  const text = formatMetric(metric, last);
  const i = band?.times.findLastIndex((time) => time <= at) ?? -1;
  const [lower, upper] = [band?.lower[i] ?? null, band?.upper[i] ?? null];
  return lower === null || upper === null
    ? text
    : t(
        'hpa.last-usual',
        '{{value}}, usually {{range}}',
        plain({ value: text, range: formatRange(metric, lower, upper) }),
      );
}

const getStyles = (theme: GrafanaTheme2) => ({
  card: css({
    minWidth: 0,
    padding: theme.spacing(1, 1.5),
    border: `1px solid ${theme.colors.border.weak}`,
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.primary,
  }),
  head: css({ display: 'flex', alignItems: 'baseline', justifyContent: 'space-between', gap: theme.spacing(1) }),
  title: css({ fontSize: theme.typography.h5.fontSize, margin: 0 }),
  now: css({ color: theme.colors.text.secondary, fontVariantNumeric: 'tabular-nums', textAlign: 'right' }),
});
