import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Tooltip, useStyles2 } from '@grafana/ui';

/** Says that this is not the panel that Grafana shows. */
export function StandInMark({ type }: { type: string }) {
  const styles = useStyles2(getStyles);
  return (
    <Tooltip content={`In Grafana this is its own panel "${type}"; the preview draws the same data simply.`}>
      <span className={styles.mark}>stand-in</span>
    </Tooltip>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  mark: css({
    position: 'absolute',
    right: theme.spacing(0.5),
    bottom: theme.spacing(0.25),
    color: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    lineHeight: 1,
  }),
});
