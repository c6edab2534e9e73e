import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

/** Narrower than this (a small panel) the list leaves out what can be seen elsewhere. */
const NARROW = '@container (max-width: 52em)';

/** The grid that head and rows share. `canEdit` adds the ticks and the buttons. */
export const columnStyles = (theme: GrafanaTheme2, canEdit: boolean) => ({
  container: css({ containerType: 'inline-size' }),
  grid: css({
    display: 'grid',
    alignItems: 'start',
    columnGap: theme.spacing(2),
    gridTemplateColumns: columns(theme, canEdit, true),
    [NARROW]: { gridTemplateColumns: columns(theme, canEdit, false) },
  }),
  onlyWide: css({ [NARROW]: { display: 'none' } }),
});

function columns(theme: GrafanaTheme2, canEdit: boolean, isWide: boolean): string {
  const tick = canEdit ? [theme.spacing(2)] : [];
  const buttons = canEdit ? [theme.spacing(7)] : [];
  const name = 'minmax(0, 2fr)';
  const beside = 'minmax(0, 2.2fr)';
  const bounds = theme.spacing(7);
  const wide = isWide ? [beside] : [];
  return [...tick, name, ...wide, bounds, ...wide, 'minmax(0, 2.6fr)', ...buttons].join(' ');
}
