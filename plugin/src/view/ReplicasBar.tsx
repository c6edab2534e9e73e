import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import { formatReplicas } from './format';
import { plain } from './plain';

type Props = { current: number | null; min: number | null; max: number | null };

/** Replicas between nothing and the maximum, the minimum as a tick, with the figures beside it. At the maximum it is marked. */
export function ReplicasBar({ current, min, max }: Props) {
  const styles = useStyles2(getStyles);
  const share = shareOf(current, max);
  const isFull = share !== null && share >= 100 && max !== min;
  const title = t(
    'replicas-bar.title',
    '{{current}} replicas now, at least {{min}}, at most {{max}}',
    plain({ current: formatReplicas(current), min: formatReplicas(min), max: formatReplicas(max) }),
  );
  return (
    <span className={styles.all} title={title}>
      <span className={styles.track} aria-hidden="true">
        <span className={cx(styles.fill, isFull && styles.full)} style={{ width: `${share ?? 0}%` }} />
        {min !== null && max !== null && min > 0 && min < max && (
          <span className={styles.tick} style={{ left: `${(min / max) * 100}%` }} />
        )}
      </span>
      <span className={cx(styles.figures, isFull && styles.fullText)}>
        {formatReplicas(current)}/{formatReplicas(max)}
      </span>
    </span>
  );
}

/** 0 to 100, or null where one of the two is not known. */
export function shareOf(current: number | null, max: number | null): number | null {
  if (current === null || max === null || max <= 0) return null;
  return Math.min(100, Math.max(0, (current / max) * 100));
}

const getStyles = (theme: GrafanaTheme2) => ({
  all: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1), width: '100%', minWidth: 0 }),
  track: css({
    position: 'relative',
    flex: 1,
    minWidth: theme.spacing(4),
    height: theme.spacing(1),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.border.weak,
  }),
  fill: css({
    position: 'absolute',
    inset: '0 auto 0 0',
    borderRadius: theme.shape.radius.default,
    background: theme.colors.text.secondary,
  }),
  full: css({ background: theme.colors.error.main }),
  tick: css({ position: 'absolute', top: '-2px', bottom: '-2px', width: '1px', background: theme.colors.text.primary }),
  figures: css({
    flexShrink: 0,
    minWidth: '5ch',
    textAlign: 'right',
    whiteSpace: 'nowrap',
    fontVariantNumeric: 'tabular-nums',
  }),
  fullText: css({ color: theme.colors.error.text }),
});
