import { HOUR } from '../../agent/src/core/clock.ts';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';

/** One call of the read API. */
export type ReadCall = {
  /** What its figures are gathered under. */
  route: string;
  method: 'GET' | 'POST';
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Given what came; only for calls that tell the mix what to ask next. */
  learn?: (answer: { etag: string | undefined; body: () => string }) => void;
};

export type ReadMixDeps = {
  hpas: readonly { cluster: string; namespace: string; hpa: string }[];
  /** 0 to 1. */
  random: () => number;
  /** The agent's time, epoch ms. */
  now: () => number;
};

const RANGE_MS = 3 * HOUR;
/** Rows that a page shows at once. */
const SPARKLINES = 25;

/**
 * What Grafana asks for while people look at the app's pages and at dashboards: pages that poll with what they hold (ETag, since), tables with
 * filters, one HPA with its series and its bands, and panels of the JSON data source.
 */
export function createReadMix({ hpas, random, now }: ReadMixDeps): { next(): ReadCall } {
  const tags = new Map<string, string>();
  let revision: string | null = null;

  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const one = () => any(hpas);
  const base = ({ cluster, namespace, hpa }: ReadMixDeps['hpas'][number]) =>
    `/api/v1/monitoring/hpas/${encodeURIComponent(cluster)}/${namespace}/${hpa}`;
  const span = () => ({ from: new Date(now() - RANGE_MS).toISOString(), to: new Date(now()).toISOString() });
  const spanned = () => new URLSearchParams(span()).toString();

  const get = (route: string, path: string): ReadCall => ({ route, method: 'GET', path, headers: {} });
  /** As a page polls: 304 where nothing changed. */
  const polled = (route: string, path: string): ReadCall => {
    const tag = tags.get(path);
    return {
      ...get(route, path),
      headers: tag === undefined ? {} : { 'if-none-match': tag },
      learn: ({ etag }) => void (etag === undefined ? tags.delete(path) : tags.set(path, etag)),
    };
  };
  const list = (): ReadCall => {
    const filter = any(['', `&cluster=${encodeURIComponent(one().cluster)}`, '&q=api', '&anomaly=any', '&sort=worst']);
    return get('hpas (page of 100, filtered)', `/api/v1/monitoring/hpas?limit=100${filter}`);
  };
  const since = (): ReadCall => ({
    ...get('hpas (since)', `/api/v1/monitoring/hpas?limit=1000${revision === null ? '' : `&since=${revision}`}`),
    learn: ({ body }) => void (revision = (JSON.parse(body()) as HpaListAnswer).revision),
  });
  const sparklines = (): ReadCall => {
    const shown = Array.from({ length: SPARKLINES }, one).map((hpa) => `${hpa.cluster}/${hpa.namespace}/${hpa.hpa}`);
    const query = new URLSearchParams([...new Set(shown)].map((name): [string, string] => ['hpa', name]));
    return get('sparklines of 25', `/api/v1/monitoring/sparklines?${query.toString()}`);
  };
  const query = (): ReadCall => {
    const { cluster, namespace, hpa } = one();
    const payload = { cluster, namespace, hpa };
    const targets = [
      { refId: 'A', target: 'series', payload: { ...payload, metric: 'cpu_current' } },
      { refId: 'B', target: 'band', payload: { ...payload, metric: 'cpu' } },
      { refId: 'C', target: 'annotations', payload },
    ];
    return {
      route: 'grafana/query',
      method: 'POST',
      path: '/grafana/query',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ range: span(), maxDataPoints: 800, targets }),
    };
  };

  /** Each with its share of a hundred calls. */
  const shares: readonly (readonly [number, () => ReadCall])[] = [
    [10, () => polled('summary', '/api/v1/monitoring/summary')],
    [12, list],
    [12, since],
    [10, () => get('one HPA', base(one()))],
    [13, () => get('series of 3 h', `${base(one())}/series?${spanned()}`)],
    [10, () => get('baseline bands of 3 h', `${base(one())}/baseline?${spanned()}`)],
    [8, () => polled('anomalies', '/api/v1/monitoring/anomalies?limit=50')],
    [5, () => polled('status', '/api/v1/monitoring/status')],
    [5, () => polled('timeslots', '/api/v1/monitoring/timeslots')],
    [5, sparklines],
    [10, query],
  ];
  const total = shares.reduce((sum, [share]) => sum + share, 0);

  return {
    next() {
      let left = random() * total;
      for (const [share, make] of shares) {
        left -= share;
        if (left < 0) return make();
      }
      return query();
    },
  };
}
