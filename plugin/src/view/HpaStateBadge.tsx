import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import { HPA_STATE_ICONS, hpaStateName, type HpaState } from './hpa-state';
import { severityColor } from './severity';

/** How an HPA is, as icon and word; only what needs a person has a colour. */
export function HpaStateBadge({ state }: { state: HpaState }) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles[state]} data-state={state}>
      <Icon name={HPA_STATE_ICONS[state]} size="sm" />
      <span>{hpaStateName(state)}</span>
    </span>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const of = (color: string, weight: number = theme.typography.fontWeightRegular): string =>
    css({
      display: 'inline-flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      whiteSpace: 'nowrap',
      color,
      fontWeight: weight,
    });
  const medium = theme.typography.fontWeightMedium;
  const quiet = of(theme.colors.text.secondary);
  return {
    critical: of(severityColor(theme, 'critical'), medium),
    warning: of(severityColor(theme, 'warning'), medium),
    info: of(severityColor(theme, 'info')),
    failed: of(severityColor(theme, 'warning'), medium),
    gone: of(severityColor(theme, 'warning'), medium),
    partial: quiet,
    learning: quiet,
    ok: quiet,
    paused: quiet,
  };
}
