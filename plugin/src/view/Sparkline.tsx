import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import { memo } from 'react';
import { sparkShape, type SparkData } from './sparkline-path';

type Props = { data: SparkData; label: string };

const WIDTH = 160;
const HEIGHT = 28;

/** The last hours of a metric over what is usual; what lies outside is marked. Takes the width it is given. */
export const Sparkline = memo(function Sparkline({ data, label }: Props) {
  const styles = useStyles2(getStyles);
  const { band, line, outside, last } = sparkShape(data, WIDTH, HEIGHT);
  return (
    <svg
      className={styles.all}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      {band !== '' && <path d={band} className={styles.band} />}
      <path d={line} className={styles.line} />
      {outside !== '' && <path d={outside} className={styles.outside} />}
      {last && <path d={`M${last.x},${last.y}h0.1`} className={last.isOutside ? styles.lastOutside : styles.last} />}
    </svg>
  );
});

function getStyles(theme: GrafanaTheme2) {
  const stroke = {
    fill: 'none',
    strokeLinecap: 'round',
    strokeLinejoin: 'round',
    vectorEffect: 'non-scaling-stroke',
  } as const;
  return {
    all: css({ display: 'block', width: '100%', height: HEIGHT }),
    band: css({ fill: theme.colors.text.primary, opacity: 0.12 }),
    line: css({ ...stroke, stroke: theme.colors.text.secondary, strokeWidth: 1.25 }),
    outside: css({ ...stroke, stroke: theme.colors.error.text, strokeWidth: 1.75 }),
    last: css({ ...stroke, stroke: theme.colors.text.primary, strokeWidth: 4 }),
    lastOutside: css({ ...stroke, stroke: theme.colors.error.text, strokeWidth: 5 }),
  };
}
