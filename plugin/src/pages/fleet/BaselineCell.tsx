import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import type { HpaItem } from '@hpa-watch/agent/contract';
import { formatPercent } from '../../view/format';

type Baseline = Pick<HpaItem['baseline'], 'state' | 'coverage' | 'progress'>;

/** How far the learning is: `ready 98 %`, or a bar while the history is collected. */
export function BaselineCell({ baseline }: { baseline: Baseline }) {
  const styles = useStyles2(getStyles);
  if (baseline.state !== 'running') return <span className={styles.text}>{baselineText(baseline)}</span>;
  return (
    <span className={styles.running}>
      <span>{formatPercent(Math.floor(baseline.progress))}</span>
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${baseline.progress}%` }} />
      </span>
    </span>
  );
}

const NAMES: Record<Baseline['state'], () => string> = {
  queued: () => t('baseline-state.queued', 'queued'),
  running: () => t('baseline-state.running', 'collecting'),
  ready: () => t('baseline-state.ready', 'ready'),
  partial: () => t('baseline-state.partial', 'partial'),
  failed: () => t('baseline-state.failed', 'failed'),
};

function baselineText({ state, coverage }: Baseline): string {
  const name = NAMES[state]();
  return coverage === null || state === 'queued' ? name : `${name} ${formatPercent(Math.floor(coverage))}`;
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ color: theme.colors.text.secondary }),
  running: css({ display: 'flex', alignItems: 'center', gap: theme.spacing(1) }),
  track: css({
    width: theme.spacing(6),
    height: theme.spacing(0.75),
    borderRadius: theme.shape.radius.default,
    background: theme.colors.border.weak,
    overflow: 'hidden',
  }),
  fill: css({ display: 'block', height: '100%', background: theme.colors.primary.main }),
});
