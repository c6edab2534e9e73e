import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { useEffect, useRef } from 'react';
import { TEST_IDS } from '../test-ids';

const STILL = '(prefers-reduced-motion: reduce)';
const STEP_MS = 1_000;

type Props = {
  /** When the cycle began, by the browser's clock (epoch ms); it repeats from there on. */
  startedAt: number;
  cycleMs: number;
};

/** Now, as a line that moves over the cycle: drawn by the browser's compositor, or one step a second for who wants less motion. */
export function NowLine({ startedAt, cycleMs }: Props) {
  const styles = useStyles2(getStyles);
  const ref = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const line = ref.current;
    if (line === null || cycleMs <= 0) return;
    const elapsed = () => Math.max(0, Date.now() - startedAt) % cycleMs;
    if (window.matchMedia(STILL).matches) {
      const step = () => (line.style.transform = `translateX(${(elapsed() / cycleMs) * 100}%)`);
      step();
      const timer = setInterval(step, STEP_MS);
      return () => clearInterval(timer);
    }
    const sweep = line.animate([{ transform: 'translateX(0)' }, { transform: 'translateX(100%)' }], {
      duration: cycleMs,
      iterations: Infinity,
    });
    sweep.currentTime = elapsed();
    return () => sweep.cancel();
  }, [startedAt, cycleMs]);

  return (
    <div className={styles.area} aria-hidden="true">
      <div ref={ref} className={styles.sweep} data-testid={TEST_IDS.schedule.now} />
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  area: css({ position: 'absolute', inset: 0, overflow: 'hidden', pointerEvents: 'none' }),
  sweep: css({
    position: 'absolute',
    inset: 0,
    borderLeft: `${theme.spacing(0.25)} solid ${theme.colors.primary.main}`,
    '&::before': {
      content: '""',
      position: 'absolute',
      top: 0,
      left: theme.spacing(-0.625),
      width: theme.spacing(1),
      height: theme.spacing(1),
      borderRadius: theme.shape.radius.circle,
      background: theme.colors.primary.main,
    },
  }),
});
