import type { z } from 'zod';
import type { HpaListAnswer, HpaSortName } from '../contract/api.ts';
import type { hpaListQuerySchema } from '../contract/hpas.ts';
import { HPA_SORTS } from '../contract/hpas.ts';
import { localId, type HpaKey } from '../domain/hpa.ts';
import type { FiringOfHpa } from './firing.ts';
import type { FleetSnapshot } from './fleet-look.ts';
import type { FleetHpa } from './fleet-shelf.ts';
import { invalid } from './input.ts';
import { isoOrNull } from './time-text.ts';

export type HpaListQuery = z.output<typeof hpaListQuerySchema>;

type SortValue = string | number | null;

const SEVERITY_RANK = { critical: 0, warning: 1, info: 2 } as const;
/** Behind each severity those with most anomalies come first; never so many that they reach the next one. */
const MOST_FIRING = 999;

const VALUE_OF: Record<HpaSortName, (hpa: FleetHpa, firing: FiringOfHpa) => SortValue> = {
  cluster: ({ cluster }) => cluster,
  name: ({ hpa }) => hpa,
  worst: (_, { worst, firing }) =>
    worst === null ? null : SEVERITY_RANK[worst] * (MOST_FIRING + 1) - Math.min(firing, MOST_FIRING),
  cpu: ({ latest }) => latest?.cpuCurrent ?? null,
  pressure: ({ latest }) => latest?.pressure ?? null,
  replicas: ({ latest }) => latest?.replicasCurrent ?? null,
  last_scan: ({ lastScanAt }) => isoOrNull(lastScanAt),
};

type Order = { name: HpaSortName; descends: boolean };
/** Where an HPA stands in an order: by its value, then by its key. */
type Place = { value: SortValue; key: HpaKey };

const orderOf = (sort: HpaListQuery['sort']): Order => {
  const name = HPA_SORTS.find((candidate) => candidate === sort.replace(/^-/, '')) ?? 'cluster';
  return { name, descends: sort.startsWith('-') };
};

const compare = <V extends string | number>(a: V, b: V): number => (a < b ? -1 : a > b ? 1 : 0);

const byKey = (a: HpaKey, b: HpaKey): number =>
  compare(a.cluster, b.cluster) || compare(a.namespace, b.namespace) || compare(a.hpa, b.hpa);

/** What is not known comes last, whichever way the rest goes. */
function inOrder(a: Place, b: Place, { name, descends }: Order): number {
  if (a.value === null || b.value === null) {
    if (a.value !== b.value) return a.value === null ? 1 : -1;
  } else if (a.value !== b.value) return compare(a.value, b.value) * (descends ? -1 : 1);
  return byKey(a.key, b.key) * (name === 'cluster' && descends ? -1 : 1);
}

type Filters = { query: HpaListQuery; cluster: string | undefined };

function matches(hpa: FleetHpa, { worst }: FiringOfHpa, { query, cluster }: Filters): boolean {
  const { namespace, q, state, anomaly } = query;
  if (cluster !== undefined && hpa.cluster !== cluster) return false;
  if (namespace !== undefined && hpa.namespace !== namespace) return false;
  if (q !== undefined && !localId(hpa).toLowerCase().includes(q.toLowerCase())) return false;
  if (state === 'paused' && hpa.active) return false;
  if (state === 'gone' && hpa.goneSince === null) return false;
  if (state !== undefined && state !== 'paused' && state !== 'gone' && hpa.state !== state) return false;
  if (anomaly === 'any') return worst !== null;
  if (anomaly === 'none') return worst === null;
  return anomaly === undefined || worst === anomaly;
}

/**
 * The answer of GET /api/v1/monitoring/hpas but for `status`; `cluster` is the canonical name of the one asked for.
 * @throws AgentError `request/invalid` for a cursor that is not ours
 */
export function listOf(
  snapshot: FleetSnapshot,
  query: HpaListQuery,
  cluster: string | undefined,
): Omit<HpaListAnswer, 'status'> {
  const order = orderOf(query.sort);
  const after = query.cursor === undefined ? null : decodePlace(query.cursor, query.sort);
  if (after && query.since !== undefined)
    throw invalid('since goes without cursor: what changed comes on one page', {
      field: 'cursor',
      value: query.cursor,
      allowed: 'no cursor beside since',
    });
  const isShown = (hpa: FleetHpa) => matches(hpa, snapshot.firingOf(hpa), { query, cluster });
  const placeOf = (hpa: FleetHpa): Place => ({ value: VALUE_OF[order.name](hpa, snapshot.firingOf(hpa)), key: hpa });
  const sorted = (hpas: readonly FleetHpa[]) =>
    hpas.map((hpa) => ({ hpa, place: placeOf(hpa) })).sort((a, b) => inOrder(a.place, b.place, order));
  const shown = snapshot.hpas.filter(isShown);
  const { revision } = snapshot;
  const news = query.since === undefined ? null : snapshot.since(query.since);
  if (news)
    return {
      hpas: sorted(news.changed.filter(isShown)).map(({ hpa }) => snapshot.itemOf(hpa)),
      removed: [...news.removed, ...news.changed.filter((hpa) => !isShown(hpa)).map(keyOf)],
      revision,
      full: false,
      total: shown.length,
      next_cursor: null,
    };
  const rest = sorted(shown).filter(({ place }) => after === null || inOrder(place, after, order) > 0);
  const page = rest.slice(0, query.limit);
  const last = page.at(-1);
  return {
    hpas: page.map(({ hpa }) => snapshot.itemOf(hpa)),
    removed: [],
    revision,
    full: true,
    total: shown.length,
    next_cursor: last && rest.length > page.length ? encodePlace(last.place, query.sort) : null,
  };
}

const keyOf = ({ cluster, namespace, hpa }: HpaKey): HpaKey => ({ cluster, namespace, hpa });

export const encodePlace = ({ value, key: { cluster, namespace, hpa } }: Place, sort: string): string =>
  Buffer.from(JSON.stringify([sort, value, cluster, namespace, hpa])).toString('base64url');

/** @throws AgentError `request/invalid` for a cursor that is not ours */
export function decodePlace(cursor: string, sort: string): Place {
  let parts: unknown = null;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    // Told below, like any other text that is no cursor.
  }
  const [theirs, value, cluster, namespace, hpa] = Array.isArray(parts) ? (parts as unknown[]) : [];
  const isValue = value === null || typeof value === 'string' || typeof value === 'number';
  if (
    theirs === sort &&
    isValue &&
    typeof cluster === 'string' &&
    typeof namespace === 'string' &&
    typeof hpa === 'string'
  ) {
    const place = { value, key: { cluster, namespace, hpa } };
    if (encodePlace(place, sort) === cursor) return place;
  }
  throw invalid('The cursor is not one that this list gave in this order', {
    field: 'cursor',
    value: cursor,
    allowed: 'the next_cursor of the page before, with the same sort',
  });
}
