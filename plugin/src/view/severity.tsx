import { css } from '@emotion/css';
import type { GrafanaTheme2, IconName } from '@grafana/data';
import { t } from '@grafana/i18n';
import { Icon, useStyles2 } from '@grafana/ui';
import type { SeverityName } from '@hpa-watch/agent/contract';
import { TEST_IDS } from './test-ids';

/** Severity as colour, icon and word: never colour alone. The one accent of all pages. */

export const SEVERITY_ICONS: Record<SeverityName, IconName> = {
  critical: 'exclamation-circle',
  warning: 'exclamation-triangle',
  info: 'info-circle',
};

export const severityName = (severity: SeverityName): string =>
  ({
    critical: () => t('severity.critical', 'critical'),
    warning: () => t('severity.warning', 'warning'),
    info: () => t('severity.info', 'info'),
  })[severity]();

/** For text and icons. */
export const severityColor = (theme: GrafanaTheme2, severity: SeverityName): string =>
  ({
    critical: theme.colors.error.text,
    warning: theme.colors.warning.text,
    info: theme.colors.info.text,
  })[severity];

/** For areas, lines and marks: brighter than text. */
export const severityMark = (theme: GrafanaTheme2, severity: SeverityName): string =>
  ({
    critical: theme.colors.error.main,
    warning: theme.colors.warning.main,
    info: theme.colors.info.main,
  })[severity];

type Props = {
  severity: SeverityName;
  /** Another word than the severity itself, such as "critical, over". */
  text?: string;
};

export function SeverityBadge({ severity, text }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <span className={styles[severity]} data-testid={TEST_IDS.severity} data-severity={severity}>
      <Icon name={SEVERITY_ICONS[severity]} size="sm" />
      <span>{text ?? severityName(severity)}</span>
    </span>
  );
}

function getStyles(theme: GrafanaTheme2) {
  const of = (severity: SeverityName): string =>
    css({
      display: 'inline-flex',
      alignItems: 'center',
      gap: theme.spacing(0.5),
      color: severityColor(theme, severity),
      fontWeight: theme.typography.fontWeightMedium,
      whiteSpace: 'nowrap',
    });
  return { critical: of('critical'), warning: of('warning'), info: of('info') };
}
