import type { HpaItem } from '../contract/api.ts';
import { SECOND, type Clock } from '../core/clock.ts';
import { isAgentError } from '../core/errors.ts';
import { hpaId, type HpaKey } from '../domain/hpa.ts';
import type { HpaFilter, HpaRow, Store } from '../storage/store.ts';
import type { Changes } from './changes.ts';
import { presentHpa, type HpaFacts } from './present-hpa.ts';

/** One enrolled HPA: as stored, as shown, and the number of the look that found it changed last. */
export type FleetItem = { row: HpaRow; item: HpaItem; changedIn: number };

/** All enrolled HPAs at one look, by cluster, namespace and name. */
export type FleetSnapshot = {
  revision: string;
  items: readonly FleetItem[];
  byId: ReadonlyMap<string, FleetItem>;
  /** What changed since an earlier revision; null: that one is not known (any more). */
  since(revision: string): { changed: FleetItem[]; removed: HpaKey[] } | null;
};

export type FleetItems = { read(): Promise<FleetSnapshot> };

export type FleetItemsDeps = {
  store: Pick<Store, 'listHpas'>;
  clock: Pick<Clock, 'now'>;
  changes: Pick<Changes, 'count' | 'clustersSince'>;
  facts: () => HpaFacts;
};

/** Without any sign of a change the same look serves for so long. */
const HOLD_MS = 5 * SECOND;
const PAGE = 1_000;
/** HPAs that went are remembered up to so many; who asks from before reads the list again. */
const MOST_REMOVED = 2_000;

/** Everything is read anew after so long, for what changes without a sign. */
const WHOLE_MS = 5 * SECOND;

type Held = { snapshot: FleetSnapshot; count: number; until: number };
type Known = { item: FleetItem; text: string };

/**
 * The fleet in memory, read from the store at most once for all who ask between two changes. A list of it is then sorted,
 * filtered and compared with what a client holds without asking the store.
 */
export function createFleetItems({ store, clock, changes, facts }: FleetItemsDeps): FleetItems {
  // Another run of the agent counts anew: its revisions are not ours.
  const run = `${clock.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`;
  let look = 0;
  let known = new Map<string, Known>();
  let removed: { key: HpaKey; id: string; in: number }[] = [];
  let forgottenUntil = 0;
  let held: Held | null = null;
  let wholeUntil = -Infinity;
  let loading: { count: number; done: Promise<FleetSnapshot> } | null = null;

  async function load(count: number): Promise<FleetSnapshot> {
    const startedAt = clock.now();
    const clusters = held && startedAt < wholeUntil ? changes.clustersSince(held.count) : null;
    const changed = clusters === null ? null : await withChanged(store, [...known.values()], clusters);
    if (changed === null) wholeUntil = startedAt + WHOLE_MS;
    const rows = changed ?? (await allRows(store));
    const now = facts();
    const next = new Map<string, Known>();
    const number = look + 1;
    let differs = false;
    for (const row of rows) {
      const item = presentHpa(row, now);
      const text = JSON.stringify(item);
      const id = hpaId(row);
      const before = known.get(id);
      const isSame = before?.text === text;
      if (!isSame) differs = true;
      next.set(id, { text, item: { row, item, changedIn: isSame ? before.item.changedIn : number } });
    }
    for (const [id, { item }] of known)
      if (!next.has(id)) {
        differs = true;
        removed.push({ id, key: keyOf(item.row), in: number });
      }
    if (removed.length > MOST_REMOVED) {
      const gone = removed.splice(0, removed.length - MOST_REMOVED);
      forgottenUntil = gone.at(-1)?.in ?? forgottenUntil;
    }
    if (differs) look = number;
    removed = removed.filter(({ id }) => !next.has(id));
    known = next;
    const snapshot = snapshotOf(run, look, forgottenUntil, next, [...removed]);
    held = { snapshot, count, until: holdUntil(rows, now.now) };
    return snapshot;
  }

  return {
    read() {
      const count = changes.count();
      const now = clock.now();
      if (held && held.count === count && now < held.until) return Promise.resolve(held.snapshot);
      if (loading?.count === count) return loading.done;
      // One after the other: a look is compared with the one before it.
      const done = Promise.resolve(loading?.done)
        .catch(() => undefined)
        .then(() => load(count))
        .catch((error: unknown) => {
          // A database over the network that is away: what was seen last is told (status says that it is away).
          if (held && isAgentError(error) && error.code === 'storage/unreachable') return held.snapshot;
          throw error;
        });
      const mine = { count, done };
      loading = mine;
      const settle = () => {
        if (loading === mine) loading = null;
      };
      done.then(settle, settle);
      return done;
    },
  };
}

const keyOf = ({ cluster, namespace, hpa }: HpaKey): HpaKey => ({ cluster, namespace, hpa });

/** The known rows with those of some clusters read anew; null: there is a cluster that was not known, whose place is not either. */
async function withChanged(
  store: Pick<Store, 'listHpas'>,
  known: readonly Known[],
  clusters: ReadonlySet<string>,
): Promise<HpaRow[] | null> {
  const byCluster = Map.groupBy(
    known.map(({ item }) => item.row),
    ({ cluster }) => cluster,
  );
  for (const cluster of clusters) {
    const rows = await allRows(store, { cluster });
    if (!byCluster.has(cluster) && rows.length > 0) return null;
    byCluster.set(cluster, rows);
  }
  return [...byCluster.values()].flat();
}

async function allRows(store: Pick<Store, 'listHpas'>, of: Pick<HpaFilter, 'cluster'> = {}): Promise<HpaRow[]> {
  const rows: HpaRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['listHpas']>> = await store.listHpas({
      ...of,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}

/** The end of a mute changes what is shown without anybody doing anything. */
const holdUntil = (rows: readonly HpaRow[], now: number): number =>
  rows.reduce(
    (until, { mutedUntil }) => (mutedUntil !== null && mutedUntil > now ? Math.min(until, mutedUntil) : until),
    now + HOLD_MS,
  );

function snapshotOf(
  run: string,
  look: number,
  forgottenUntil: number,
  known: ReadonlyMap<string, Known>,
  removed: readonly { key: HpaKey; in: number }[],
): FleetSnapshot {
  const byId = new Map([...known].map(([id, { item }]) => [id, item]));
  const items = [...byId.values()];
  return {
    revision: `${run}.${look}`,
    items,
    byId,
    since(revision) {
      const [theirRun, text = ''] = revision.split('.');
      const theirs = Number(text);
      if (theirRun !== run || String(theirs) !== text || !Number.isInteger(theirs)) return null;
      if (theirs > look || theirs < forgottenUntil) return null;
      return {
        changed: items.filter(({ changedIn }) => changedIn > theirs),
        removed: removed.filter((entry) => entry.in > theirs).map(({ key }) => key),
      };
    },
  };
}
