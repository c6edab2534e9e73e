/** Where the app's own pages live. */
export const APP = '/a/hpawatch-monitor-app';

export type Place = {
  name: string;
  path: string;
  title: string | RegExp;
  /** Of the app itself; the others are dashboards and panels. */
  isPage: boolean;
  /** A refusal that belongs to the page. */
  fault?: string;
};

/** Everything that the preview shows; `hpa` is the path of one HPA: cluster/namespace/name. */
export const placesWith = (hpa: string): Place[] => [
  { name: 'fleet', path: `${APP}/fleet`, title: 'Fleet', isPage: true },
  { name: 'hpa', path: `${APP}/hpa/${hpa}`, title: new RegExp(hpa.replace(/^[^/]*\//, '')), isPage: true },
  { name: 'anomalies', path: `${APP}/anomalies`, title: 'Anomalies', isPage: true },
  { name: 'schedule', path: `${APP}/schedule`, title: 'Schedule', isPage: true },
  { name: 'enrol', path: `${APP}/enrol`, title: 'Enrol', isPage: true },
  {
    name: 'configuration',
    path: '/plugins/hpawatch-monitor-app',
    title: 'HPA Watch',
    isPage: true,
    // It asks whether the token may write by a call that changes nothing.
    fault: '400 POST /api/v1/clusters',
  },
  { name: 'dashboards', path: '/dashboards', title: 'Dashboards', isPage: false },
  { name: 'dashboard-fleet', path: '/d/hpawatch-fleet', title: 'HPA Watch / Fleet overview', isPage: false },
  { name: 'dashboard-hpa', path: '/d/hpawatch-hpa', title: 'HPA Watch / One HPA', isPage: false },
  { name: 'dashboard-agent', path: '/d/hpawatch-agent', title: 'HPA Watch / Agent health', isPage: false },
  { name: 'panels', path: '/panels', title: 'Panels', isPage: false },
];
