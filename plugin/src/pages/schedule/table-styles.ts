import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

/** The look of the tables of this page. */
export const tableStyles = (theme: GrafanaTheme2) => ({
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    fontVariantNumeric: 'tabular-nums',
    'th, td': {
      padding: theme.spacing(1),
      textAlign: 'left',
      verticalAlign: 'top',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    'thead th': {
      color: theme.colors.text.secondary,
      fontWeight: theme.typography.fontWeightMedium,
      whiteSpace: 'nowrap',
    },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium, overflowWrap: 'anywhere' },
  }),
  number: css({ '&&': { textAlign: 'right', whiteSpace: 'nowrap' } }),
});
