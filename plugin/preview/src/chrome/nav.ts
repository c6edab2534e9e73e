import type { IconName, PluginInclude } from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { bootData } from '../boot-data';

export type NavLink = { text: string; url: string; icon: IconName };

const ROLES = ['Viewer', 'Editor', 'Admin'];
const isAllowed = ({ role }: PluginInclude): boolean =>
  ROLES.indexOf(bootData().user.orgRole) >= ROLES.indexOf(role ?? 'Viewer');

const ICONS: Record<string, IconName> = {
  Fleet: 'apps',
  Anomalies: 'bolt',
  Schedule: 'clock-nine',
  Enrol: 'plus-circle',
  Configuration: 'cog',
};

const included = (): PluginInclude[] =>
  Object.values(bootData().settings.apps).flatMap(({ includes }) => includes ?? []);

/** The app's pages that plugin.json puts into the navigation, for the role that looks. */
export const appLinks = (): NavLink[] =>
  included()
    .filter((one) => (one.type as string) === 'page' && one.addToNav === true && isAllowed(one))
    .map(({ name, path }) => ({ text: name, url: path ?? '', icon: ICONS[name] ?? 'file-alt' }));

/** Where a person lands: the app's default page. */
export const HOME = included().find((one) => 'defaultNav' in one && one.defaultNav === true)?.path ?? '/';

/** What Grafana would show of the app outside of its own pages. */
export const otherLinks = (): NavLink[] => [
  { text: 'Dashboards', url: '/dashboards', icon: 'dashboard' },
  { text: 'Panels', url: '/panels', icon: 'graph-bar' },
  { text: 'Explore', url: '/explore', icon: 'compass' },
  ...getDataSourceSrv()
    .getList()
    .slice(0, 1)
    .map(({ uid }): NavLink => ({
      text: 'Data source',
      url: `/connections/datasources/edit/${uid}`,
      icon: 'database',
    })),
];
