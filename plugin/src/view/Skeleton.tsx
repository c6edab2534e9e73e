import { css, keyframes } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2, useTheme2 } from '@grafana/ui';

type Props = {
  testId: string;
  /** Said to those who do not see it. */
  label: string;
  /** Of the parts that will stand here, in steps of the theme's spacing, so that nothing moves when they come. */
  heights: readonly number[];
};

/** What a page shows while it reads for the first time. */
export function Skeleton({ testId, label, heights }: Props) {
  const styles = useStyles2(getStyles);
  const theme = useTheme2();
  return (
    <div className={styles.stack} role="status" aria-busy="true" aria-label={label} data-testid={testId}>
      {heights.map((height, index) => (
        <div key={index} className={styles.part} style={{ height: theme.spacing(height) }} />
      ))}
    </div>
  );
}

const breathe = keyframes({ '0%, 100%': { opacity: 1 }, '50%': { opacity: 0.5 } });

const getStyles = (theme: GrafanaTheme2) => ({
  stack: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  part: css({
    borderRadius: theme.shape.radius.default,
    background: theme.colors.background.secondary,
    [theme.transitions.handleMotion('no-preference')]: { animation: `${breathe} 2s ease-in-out infinite` },
  }),
});
