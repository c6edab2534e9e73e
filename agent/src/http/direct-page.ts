import { randomUUID } from 'node:crypto';
import type { HpaListAnswer } from '../contract/api.ts';
import { isAgentError } from '../core/errors.ts';
import { encodeCursor } from '../storage/list-cursor.ts';
import type { Store } from '../storage/store.ts';
import type { AtHand, FleetItems } from './fleet-items.ts';
import { decodePlace, encodePlace, type HpaListQuery } from './hpa-list.ts';
import { presentHpa, type HpaFacts } from './present-hpa.ts';

export type DirectPageDeps = {
  store: Pick<Store, 'listHpas' | 'countByCluster'>;
  items: Pick<FleetItems, 'atHand' | 'prepare'>;
  facts: () => HpaFacts;
};

/** So many HPAs are read so soon that waiting for all of them is no wait. */
const SMALL_FLEET = 1_000;

/**
 * A page straight from the store, in its own order and with filters that it knows, for as long as the fleet in memory would have to be
 * read first: right after the start, and where other agents wrote and nobody asked for a while. null: it is at hand, or only it can tell.
 */
export async function directPage(
  deps: DirectPageDeps,
  query: HpaListQuery,
  cluster: string | undefined,
): Promise<Omit<HpaListAnswer, 'status'> | null> {
  const held = deps.items.atHand();
  if (held === 'all' || !isOfStore(query, held)) return null;
  try {
    const counts = await deps.store.countByCluster();
    if (counts.reduce((sum, { hpas }) => sum + hpas, 0) <= SMALL_FLEET) return null;
    const page = await readPage(deps, query, cluster);
    deps.items.prepare();
    return page;
  } catch (error) {
    // A database that is away: what was seen last is told.
    if (held === 'old' && isAgentError(error) && error.code === 'storage/unreachable') return null;
    throw error;
  }
}

/** What changed since a look that is held can be told once it is up to date. */
const isOfStore = ({ sort, anomaly, since, cursor }: HpaListQuery, held: AtHand): boolean =>
  sort === 'cluster' && anomaly === undefined && (since === undefined || (held === 'nothing' && cursor === undefined));

async function readPage(
  { store, facts }: DirectPageDeps,
  { sort, cursor, limit, namespace, q, state }: HpaListQuery,
  cluster: string | undefined,
): Promise<Omit<HpaListAnswer, 'status'>> {
  const page = await store.listHpas({
    limit,
    ...(cluster === undefined ? {} : { cluster }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(q === undefined ? {} : { q }),
    ...(state === undefined ? {} : { state }),
    ...(cursor === undefined ? {} : { cursor: encodeCursor(decodePlace(cursor, sort).key) }),
  });
  const now = facts();
  const last = page.items.at(-1);
  return {
    hpas: page.items.map((row) => presentHpa(row, now)),
    removed: [],
    // Of no look: who asks what changed since is answered by the list.
    revision: randomUUID(),
    full: true,
    total: page.total,
    next_cursor: last && page.next !== null ? encodePlace({ value: last.cluster, key: last }, sort) : null,
  };
}
