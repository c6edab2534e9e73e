import { css, cx } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2 } from '@grafana/ui';
import type { ReactNode } from 'react';
import { useLocation } from 'host-router';
import { bootData } from '../boot-data';
import { history } from './history';
import { appLinks, otherLinks, type NavLink } from './nav';
import { Switches } from './Switches';

/** Navigation on the left, switches above, the page between: where Grafana has them. */
export function Shell({ children }: { children: ReactNode }) {
  const styles = useStyles2(getStyles);
  const app = Object.values(bootData().settings.apps)[0];
  return (
    <div className={styles.shell}>
      <header className={styles.bar}>
        <img className={styles.logo} src={app?.info.logos.small} alt="" />
        <span className={styles.name}>{app?.name}</span>
        <span className={styles.hint}>Preview without Grafana</span>
        <div className={styles.switches}>
          <Switches />
        </div>
      </header>
      <nav className={styles.nav} aria-label="Navigation">
        <Links title={app?.name ?? ''} links={appLinks()} />
        <Links title="Elsewhere in Grafana" links={otherLinks()} />
      </nav>
      <main className={cx('main-view', styles.page)} id="pageContent">
        {children}
      </main>
    </div>
  );
}

function Links({ title, links }: { title: string; links: NavLink[] }) {
  const styles = useStyles2(getStyles);
  const { pathname } = useLocation();
  return (
    <section>
      <h2 className={styles.section}>{title}</h2>
      <ul className={styles.list}>
        {links.map(({ text, url, icon }) => (
          <li key={url}>
            <a
              className={styles.link}
              href={history.createHref({ pathname: url })}
              aria-current={pathname === url || pathname.startsWith(`${url}/`) ? 'page' : undefined}
            >
              <Icon name={icon} />
              {text}
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  shell: css({
    display: 'grid',
    gridTemplate: `"bar bar" auto "nav page" 1fr / ${theme.spacing(26)} minmax(0, 1fr)`,
    minHeight: '100vh',
    background: theme.colors.background.primary,
  }),
  bar: css({
    gridArea: 'bar',
    position: 'sticky',
    top: 0,
    zIndex: theme.zIndex.navbarFixed,
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.5, 2),
    minHeight: theme.spacing(5),
    background: theme.colors.background.primary,
    borderBottom: `1px solid ${theme.colors.border.weak}`,
  }),
  logo: css({ height: theme.spacing(3), width: theme.spacing(3) }),
  name: css({ fontWeight: theme.typography.fontWeightMedium }),
  hint: css({ color: theme.colors.text.secondary, fontSize: theme.typography.bodySmall.fontSize }),
  switches: css({ marginLeft: 'auto' }),
  nav: css({
    gridArea: 'nav',
    position: 'sticky',
    top: theme.spacing(5),
    alignSelf: 'start',
    height: `calc(100vh - ${theme.spacing(5)})`,
    overflowY: 'auto',
    padding: theme.spacing(2, 1),
    borderRight: `1px solid ${theme.colors.border.weak}`,
  }),
  section: css({
    ...theme.typography.bodySmall,
    color: theme.colors.text.secondary,
    margin: theme.spacing(0, 1, 0.5),
  }),
  list: css({ listStyle: 'none', marginBottom: theme.spacing(2) }),
  link: css({
    display: 'flex',
    alignItems: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(0.75, 1),
    color: theme.colors.text.secondary,
    borderRadius: theme.shape.radius.default,
    '&:hover': { color: theme.colors.text.primary, background: theme.colors.action.hover },
    '&[aria-current]': { color: theme.colors.text.primary, background: theme.colors.action.selected },
  }),
  page: css({ gridArea: 'page', minWidth: 0, padding: theme.spacing(3), background: theme.colors.background.canvas }),
});
