/** Where the app's own pages live. */
export const APP = '/a/hpawatch-monitor-app';

export type Place = {
  name: string;
  path: string;
  title: string | RegExp;
  /** Of the app itself; the others are dashboards and panels. */
  isPage: boolean;
  /** What stands there once its data has come: a CSS selector, or a text of it. */
  shows: string;
  /** A refusal that belongs to the page. */
  fault?: string;
};

/** Everything that the preview shows; `hpa` is the path of one HPA: cluster/namespace/name. */
export const placesWith = (hpa: string): Place[] => [
  { name: 'fleet', path: `${APP}/fleet`, title: 'Fleet', isPage: true, shows: 'text=ready 100 %' },
  {
    name: 'hpa',
    path: `${APP}/hpa/${hpa}`,
    title: new RegExp(hpa.replace(/^[^/]*\//, '')),
    isPage: true,
    shows: 'canvas',
  },
  { name: 'anomalies', path: `${APP}/anomalies`, title: 'Anomalies', isPage: true, shows: 'text=goes on' },
  { name: 'schedule', path: `${APP}/schedule`, title: 'Schedule', isPage: true, shows: 'text=55553' },
  { name: 'enrol', path: `${APP}/enrol`, title: 'Enrol', isPage: true, shows: 'text=Deployment/api' },
  {
    name: 'configuration',
    path: '/plugins/hpawatch-monitor-app',
    title: 'HPA Watch',
    isPage: true,
    shows: 'text=4 of 4 clusters',
    // It asks whether the token may write by a call that changes nothing.
    fault: '400 POST /api/v1/clusters',
  },
  { name: 'dashboards', path: '/dashboards', title: 'Dashboards', isPage: false, shows: 'text=Agent health' },
  {
    name: 'dashboard-fleet',
    path: '/d/hpawatch-fleet',
    title: 'HPA Watch / Fleet overview',
    isPage: false,
    shows: 'canvas',
  },
  { name: 'dashboard-hpa', path: '/d/hpawatch-hpa', title: 'HPA Watch / One HPA', isPage: false, shows: 'canvas' },
  {
    name: 'dashboard-agent',
    path: '/d/hpawatch-agent',
    title: 'HPA Watch / Agent health',
    isPage: false,
    shows: 'text=55553',
  },
  { name: 'explore', path: '/explore', title: 'Explore', isPage: false, shows: 'text=grafana' },
  {
    name: 'data-source',
    path: '/connections/datasources/edit/hpa-watch',
    title: 'HPA Watch',
    isPage: false,
    shows: 'text=Poll interval',
  },
  { name: 'panels', path: '/panels', title: 'Panels', isPage: false, shows: 'canvas' },
];
