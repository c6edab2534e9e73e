import { SECOND, type Clock } from '../core/clock.ts';
import { isAgentError } from '../core/errors.ts';
import type { HpaFilter, HpaRow, Store } from '../storage/store.ts';
import type { Changes } from './changes.ts';
import { createFleetLooks, showFiring, showRows, type FleetSnapshot, type ShownByCluster } from './fleet-look.ts';
import type { HpaFacts } from './present-hpa.ts';

export type FleetItems = { read(): Promise<FleetSnapshot> };

export type FleetItemsDeps = {
  store: Pick<Store, 'listHpas'>;
  clock: Pick<Clock, 'now'>;
  changes: Pick<Changes, 'count' | 'clustersSince'>;
  facts: () => HpaFacts;
};

/** Everything is read anew after so long, for what changes without a sign, but not more than a tenth of the time. */
const WHOLE_EVERY_MS = 5 * SECOND;
const SHARE_OF_TIME = 0.1;
/** What was read whole so long ago is not shown while it is read again. */
const OLDEST_SHOWN_MS = 15 * SECOND;
const PAGE = 1_000;

/** `count`: of the changes up to which it is known. Times are epoch ms. */
type Held = { snapshot: FleetSnapshot; count: number; wholeAt: number; wholeTookMs: number; muteEndsAt: number };

/**
 * The fleet in memory. A list of it is sorted, filtered and compared with what a client holds without asking the store. After a scan the
 * HPAs of its cluster are read; whoever asks waits for that. Everything is read anew now and then, which nobody waits for as long as
 * somebody asks every few seconds; and after whatever may have changed anything.
 */
export function createFleetItems({ store, clock, changes, facts }: FleetItemsDeps): FleetItems {
  const looks = createFleetLooks(`${clock.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`);
  let held: Held | null = null;

  function keep(all: ShownByCluster, at: Pick<Held, 'count' | 'wholeAt' | 'wholeTookMs'>): FleetSnapshot {
    const snapshot = looks.take(all);
    held = { ...at, snapshot, muteEndsAt: firstEndOfMute(snapshot, clock.now()) };
    return snapshot;
  }

  async function readWhole(count: number): Promise<FleetSnapshot> {
    const wholeAt = clock.now();
    const rows = await allRows(store);
    const read = await showRows(rows, facts());
    // Clusters that were read since, for a change that came later, are newer than this.
    const newer = held === null || held.count <= count ? [] : (changes.clustersSince(count) ?? []);
    for (const cluster of newer) {
      const known = looks.shown().get(cluster);
      if (known && read.has(cluster)) read.set(cluster, [...known]);
    }
    return keep(read, { count: Math.max(count, held?.count ?? 0), wholeAt, wholeTookMs: clock.now() - wholeAt });
  }

  /** null: there is a cluster that was not known, so that its place is not known either. */
  async function readPart(count: number, clusters: ReadonlySet<string>): Promise<FleetSnapshot | null> {
    const read = new Map<string, ShownByCluster>();
    for (const cluster of clusters) {
      const rows = await allRows(store, { cluster });
      if (rows.length > 0 && !looks.shown().has(cluster)) return null;
      read.set(cluster, await showRows(rows, facts()));
    }
    if (held === null) return null;
    const all = new Map(looks.shown());
    const now = facts();
    for (const [cluster, known] of all) all.set(cluster, read.get(cluster)?.get(cluster) ?? showFiring(known, now));
    for (const cluster of clusters) if (read.get(cluster)?.size === 0) all.delete(cluster);
    return keep(all, { ...held, count: Math.max(count, held.count) });
  }

  const whole = inTurn(readWhole);
  const part = inTurn(async (count) => {
    const clusters = held && changes.clustersSince(held.count);
    if (held && clusters?.size === 0) held = { ...held, count: Math.max(count, held.count) };
    if (held && held.count >= count) return held.snapshot;
    return (clusters && (await readPart(count, clusters))) ?? whole.read(count);
  });

  function next(count: number, now: number): Promise<FleetSnapshot> {
    const isOld =
      held === null ||
      now - held.wholeAt >= OLDEST_SHOWN_MS ||
      now >= held.muteEndsAt ||
      changes.clustersSince(held.count) === null;
    if (held === null || isOld) return whole.read(count);
    const answer = held.count === count ? Promise.resolve(held.snapshot) : part.read(count);
    const everyMs = Math.max(WHOLE_EVERY_MS, held.wholeTookMs / SHARE_OF_TIME);
    // A failure shows where somebody waits for it.
    if (now - held.wholeAt >= everyMs && !whole.isReading()) whole.read(count).catch(() => undefined);
    return answer;
  }

  return {
    async read() {
      try {
        return await next(changes.count(), clock.now());
      } catch (error) {
        // A database over the network that is away: what was seen last is told (status says that it is away).
        if (held && isAgentError(error) && error.code === 'storage/unreachable') return held.snapshot;
        throw error;
      }
    },
  };
}

/** One reading after the other; who asks for the same count of changes shares it. */
function inTurn(read: (count: number) => Promise<FleetSnapshot>) {
  let last: { count: number; done: Promise<FleetSnapshot> } | null = null;
  return {
    isReading: (): boolean => last !== null,
    read(count: number): Promise<FleetSnapshot> {
      if (last?.count === count) return last.done;
      const done = Promise.resolve(last?.done)
        .catch(() => undefined)
        .then(() => read(count));
      const mine = (last = { count, done });
      const settle = () => void (last === mine && (last = null));
      done.then(settle, settle);
      return done;
    },
  };
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
const firstEndOfMute = ({ items }: FleetSnapshot, now: number): number =>
  items.reduce(
    (first, { row: { mutedUntil } }) => (mutedUntil !== null && mutedUntil > now ? Math.min(first, mutedUntil) : first),
    Infinity,
  );
