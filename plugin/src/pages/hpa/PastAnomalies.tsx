import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Trans } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { AnomalyView } from '@hpa-watch/agent/contract';
import { anomalyStateName, kindName } from '../../view/anomaly-text';
import { formatDuration } from '../../view/format';
import { SeverityBadge } from '../../view/severity';
import { formatClock } from '../../view/time';

type Props = { anomalies: readonly AnomalyView[]; now: number; onAnomaly: (id: string) => void };

/** The anomalies of one HPA, newest first; each opens its drawer. */
export function PastAnomalies({ anomalies, now, onAnomaly }: Props) {
  const styles = useStyles2(getStyles);
  if (anomalies.length === 0) {
    return (
      <p className={styles.quiet}>
        <Trans i18nKey="history.no-anomalies">Nothing unusual was seen in this time.</Trans>
      </p>
    );
  }
  return (
    <ul className={styles.list}>
      {anomalies.map((anomaly) => (
        <li key={anomaly.id} className={styles.entry}>
          <SeverityBadge severity={anomaly.severity} />
          <button type="button" className={styles.open} onClick={() => onAnomaly(anomaly.id)}>
            <span>{kindName(anomaly.kind)}</span>
            <span className={styles.quiet}>{anomaly.sentence}</span>
          </button>
          <span className={styles.when}>
            {formatClock(anomaly.started_at, now)}
            <br />
            {lasted(anomaly, now)}
          </span>
        </li>
      ))}
    </ul>
  );
}

const lasted = ({ started_at, ended_at, state }: AnomalyView, now: number): string =>
  `${formatDuration((ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at))}, ${anomalyStateName(state)}`;

const getStyles = (theme: GrafanaTheme2) => ({
  list: css({ listStyle: 'none', margin: 0, padding: 0 }),
  entry: css({
    display: 'grid',
    gridTemplateColumns: '84px minmax(0, 1fr) auto',
    columnGap: theme.spacing(1.5),
    alignItems: 'baseline',
    padding: theme.spacing(0.75, 0),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  open: css({
    display: 'flex',
    flexDirection: 'column',
    padding: 0,
    border: 'none',
    background: 'none',
    textAlign: 'left',
    '&:hover > span:first-of-type': { textDecoration: 'underline' },
  }),
  quiet: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  when: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    textAlign: 'right',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  }),
});
