import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { anomalyStateName, kindName } from './anomaly-text';
import { formatDuration, formatMetric, formatNumber, formatRange } from './format';
import { plain } from './plain';
import { formatTime } from './time';

/** Observed, expected, score, when: the figures of an anomaly. */
export function AnomalyFacts({ anomaly, now }: { anomaly: AnomalyView; now: number }) {
  const styles = useStyles2(getStyles);
  return (
    <dl className={styles.list}>
      {factsOf(anomaly, now).map(({ name, value, note }) => (
        <div key={name} className={styles.fact}>
          <dt className={styles.name}>{name}</dt>
          <dd className={styles.value}>{value}</dd>
          {note !== undefined && <dd className={styles.note}>{note}</dd>}
        </div>
      ))}
    </dl>
  );
}

type Fact = { name: string; value: string; note?: string };

export function factsOf(anomaly: AnomalyView, now: number): Fact[] {
  const { metric, band, observed, score, started_at, ended_at, state } = anomaly;
  const end = ended_at === null ? now : Date.parse(ended_at);
  const facts: (Fact | null)[] = [
    { name: t('facts.kind', 'What'), value: kindName(anomaly.kind), note: directionName(anomaly) },
    observed === null ? null : { name: t('facts.observed', 'Observed'), value: formatMetric(metric, observed) },
    band && {
      name: t('facts.usual', 'Usual'),
      value: formatRange(metric, band.lower, band.upper),
      note: t('facts.expected', 'expected {{value}}', plain({ value: formatMetric(metric, band.expected) })),
    },
    {
      name: t('facts.score', 'Score'),
      value: formatNumber(score, score < 10 ? 1 : 0),
      note: t('facts.highest', 'highest so far'),
    },
    {
      name: t('facts.lasts', 'Duration'),
      value: formatDuration(end - Date.parse(started_at)),
      note: anomalyStateName(state),
    },
    { name: t('facts.began', 'Began'), value: formatTime(started_at) },
  ];
  return facts.filter((fact) => fact !== null);
}

const directionName = ({ direction }: AnomalyView): string | undefined =>
  direction === null
    ? undefined
    : direction === 'over'
      ? t('facts.over', 'over the usual')
      : t('facts.under', 'under the usual');

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({
    display: 'grid',
    gridTemplateColumns: 'repeat(3, minmax(0, 1fr))',
    gap: theme.spacing(2),
    margin: 0,
    '& dt, & dd': { margin: 0 },
  }),
  fact: css({ minWidth: 0 }),
  name: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    fontWeight: 'normal',
  }),
  value: css({ fontSize: theme.typography.h5.fontSize, fontVariantNumeric: 'tabular-nums' }),
  note: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
});
