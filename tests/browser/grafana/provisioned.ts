import type { Response } from '@playwright/test';

/** What provisioning/ puts into the Grafana. */
export const DATA_SOURCE = { name: 'HPA Watch', uid: 'hpa-watch', type: 'hpawatch-monitor-datasource' };
export const APP_ID = 'hpawatch-monitor-app';

export const DASHBOARDS = [
  { uid: 'hpawatch-fleet', panels: ['Critical', 'Warning'] },
  { uid: 'hpawatch-hpa', panels: ['State', 'Memory a pod'] },
  { uid: 'hpawatch-agent', panels: ['Whose turn it is', 'Forwards up'] },
];

/** An answer of the agent through Grafana's proxy: the data source has no backend, so that /api/ds/query is never called. */
export const isOfAgent =
  (path: RegExp = /./) =>
  (response: Response): boolean => {
    const { pathname } = new URL(response.url());
    const [, asked] = pathname.split(/\/api\/datasources\/proxy\/uid\/[^/]+\/agent/);
    return asked !== undefined && path.test(asked) && response.ok();
  };

export const IS_QUERY = isOfAgent(/^\/grafana\/query$/);
