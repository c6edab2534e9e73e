import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { ForwardView } from '@hpa-watch/agent/contract';
import { FORWARD_LOOK, forwardWord } from './forward-state';

type Props = {
  /** null: the agent has not begun to reach this cluster. */
  forward: ForwardView | null;
  /** Epoch ms, for the time to the next attempt. */
  now: number;
};

/** The state of the way to a cluster: icon and word, never colour alone. */
export function ForwardBadge({ forward, now }: Props) {
  const styles = useStyles2(getStyles);
  const { icon, tone } = FORWARD_LOOK[forward?.status ?? 'stopped'];
  return (
    <span className={cx(styles.badge, styles[tone])} data-status={forward?.status ?? 'none'}>
      <Icon name={icon} size="sm" className={styles.icon} />
      {forward === null ? t('forward.none', 'not begun') : forwardWord(forward, now)}
    </span>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  badge: css({
    display: 'inline-flex',
    alignItems: 'center',
    gap: theme.spacing(0.5),
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    whiteSpace: 'nowrap',
  }),
  icon: css({ flexShrink: 0 }),
  good: css({ color: theme.colors.success.text }),
  waiting: css({ color: theme.colors.warning.text }),
  bad: css({ color: theme.colors.error.text }),
  off: css({ color: theme.colors.text.secondary }),
});
