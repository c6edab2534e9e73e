import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { ClusterSchedule } from '@hpa-watch/agent/contract';
import { ForwardBadge } from '../ForwardBadge';
import { TEST_IDS } from '../test-ids';
import { countsText, faultText, scanText } from './cell-text';

type Props = {
  /** null: the lane has nobody in this turn. */
  cluster: ClusterSchedule | null;
  isActive: boolean;
  /** Epoch ms of the agent's clock. */
  now: number;
  isCompact: boolean;
  showErrors: boolean;
};

/** One lane in one turn: the cluster, the way to it, its last scan, and what is wrong. */
export function SlotCell({ cluster, isActive, now, isCompact, showErrors }: Props) {
  const styles = useStyles2(getStyles);
  const cell = cx(styles.cell, !isCompact && styles.full);
  if (cluster === null) return <div className={cx(cell, styles.empty)}>{t('schedule.free', 'free')}</div>;
  const fault = showErrors ? faultText(cluster) : null;
  return (
    <div
      className={cx(cell, styles.taken, isActive && styles.active)}
      data-testid={TEST_IDS.schedule.cell}
      data-cluster={cluster.cluster}
      data-active={isActive}
    >
      <div className={styles.head}>
        <span className={styles.name} title={cluster.cluster}>
          {cluster.cluster}
        </span>
        <ForwardBadge forward={cluster.forward} now={now} />
      </div>
      {!isCompact && <div className={styles.line}>{scanText(cluster, now)}</div>}
      {!isCompact && <div className={styles.line}>{countsText(cluster)}</div>}
      {fault !== null && (
        <div className={styles.fault} title={fault}>
          <Icon name="exclamation-triangle" size="sm" />
          <span className={styles.sentence}>{fault}</span>
        </div>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  cell: css({
    height: '100%',
    padding: theme.spacing(1, 1.5),
    borderRadius: theme.shape.radius.default,
    fontVariantNumeric: 'tabular-nums',
  }),
  full: css({ minHeight: theme.spacing(11) }),
  taken: css({ background: theme.colors.background.secondary, border: `1px solid ${theme.colors.border.weak}` }),
  active: css({ borderColor: theme.colors.primary.border, background: theme.colors.primary.transparent }),
  empty: css({
    display: 'flex',
    alignItems: 'center',
    justifyContent: 'center',
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    border: `1px dashed ${theme.colors.border.weak}`,
  }),
  head: css({
    display: 'flex',
    justifyContent: 'space-between',
    alignItems: 'center',
    gap: theme.spacing(1),
    marginBottom: theme.spacing(0.5),
  }),
  name: css({
    fontWeight: theme.typography.fontWeightMedium,
    overflow: 'hidden',
    textOverflow: 'ellipsis',
    whiteSpace: 'nowrap',
    minWidth: 0,
  }),
  line: css({
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
  }),
  fault: css({
    display: 'flex',
    alignItems: 'flex-start',
    gap: theme.spacing(0.5),
    marginTop: theme.spacing(0.5),
    color: theme.colors.warning.text,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: theme.typography.bodySmall.lineHeight,
    '& > svg, & > div': { flexShrink: 0, marginTop: theme.spacing(0.25) },
  }),
  sentence: css({
    display: '-webkit-box',
    WebkitLineClamp: 3,
    WebkitBoxOrient: 'vertical',
    overflow: 'hidden',
    overflowWrap: 'anywhere',
  }),
});
