import { urlUtil } from '@grafana/data';
import type { HpaKey } from '../api/agent-client';
import { APP_URL, DATASOURCE_TYPE } from '../ids';

type Spanned = HpaKey & { id: string; started_at: string; ended_at: string | null };

const MARGIN_MS = 60 * 60_000;

/** The page of an HPA. Names may hold slashes, so each is encoded once. */
export const hpaUrl = ({ cluster, namespace, hpa }: HpaKey): string =>
  `${APP_URL}/hpa/${[cluster, namespace, hpa].map(encodeURIComponent).join('/')}`;

/** The page of its HPA, opened at the anomaly with an hour around it; one that goes on is followed live. */
export function anomalyUrl(anomaly: Spanned): string {
  const from = Date.parse(anomaly.started_at) - MARGIN_MS;
  const to = anomaly.ended_at === null ? 'now' : Date.parse(anomaly.ended_at) + MARGIN_MS;
  return urlUtil.renderUrl(hpaUrl(anomaly), { from: String(from), to: String(to), anomaly: anomaly.id });
}

/** Explore with a query of Prometheus in it. Times are epoch ms. */
export function exploreUrl(dataSourceUid: string, promql: string, from: number, to: number): string {
  const datasource = { type: 'prometheus', uid: dataSourceUid };
  const pane = {
    datasource: dataSourceUid,
    queries: [{ refId: 'A', expr: promql, datasource, range: true }],
    range: { from: String(from), to: String(to) },
  };
  return urlUtil.renderUrl('/explore', { schemaVersion: 1, panes: JSON.stringify({ hpa: pane }) });
}

/** Where a data source is set up. */
export const dataSourceUrl = (uid: string): string => `/connections/datasources/edit/${encodeURIComponent(uid)}`;

/** Where one of ours is added. */
export const newDataSourceUrl = (): string => `/connections/datasources/${DATASOURCE_TYPE}`;

export const enrolUrl = (cluster?: string): string =>
  cluster === undefined ? `${APP_URL}/enrol` : urlUtil.renderUrl(`${APP_URL}/enrol`, { cluster });
