import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { formatAgo, formatDuration } from '../format';
import { plain } from '../plain';
import type { Turn } from './model';

type Props = {
  turn: Turn;
  /** How long this turn still is (ms); null: it is not its turn. */
  leftMs: number | null;
  /** Epoch ms of the agent's clock. */
  now: number;
};

/** `Slot 1 · 25–50 s`, whether it is now, and when it was executed last. */
export function TurnHead({ turn, leftMs, now }: Props) {
  const styles = useStyles2(getStyles);
  const [from, to] = [turn.startMs / 1_000, (turn.startMs + turn.durationMs) / 1_000];
  return (
    <div className={styles.head}>
      <span>
        <span className={styles.name}>{t('schedule.slot', 'Slot {{index}}', { index: turn.index })}</span>{' '}
        <span className={styles.range}>{t('schedule.range', '{{from}}–{{to}} s', { from, to })}</span>
      </span>
      {leftMs === null ? (
        <span className={styles.range}>
          {turn.lastExecuted === null
            ? t('schedule.not-executed', 'not yet')
            : t('schedule.executed', 'last {{ago}}', plain({ ago: formatAgo(turn.lastExecuted, now) }))}
        </span>
      ) : (
        <span className={styles.now}>
          {t('schedule.now', 'now, {{left}} left', plain({ left: formatDuration(Math.ceil(leftMs / 1_000) * 1_000) }))}
        </span>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  head: css({
    display: 'flex',
    flexWrap: 'wrap',
    justifyContent: 'space-between',
    gap: theme.spacing(0, 1),
    padding: theme.spacing(1, 2, 1, 1.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
  }),
  name: css({ fontWeight: theme.typography.fontWeightMedium }),
  range: css({ color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular }),
  now: css({ color: theme.colors.primary.text, fontWeight: theme.typography.fontWeightMedium }),
});
