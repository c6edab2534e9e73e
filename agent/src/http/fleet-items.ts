import { MINUTE, SECOND, type Clock } from '../core/clock.ts';
import { isAgentError } from '../core/errors.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { HpaRow, Store } from '../storage/store.ts';
import type { Changes } from './changes.ts';
import { createFleetLooks, type FleetSnapshot } from './fleet-look.ts';
import type { HpaFacts } from './present-hpa.ts';
import { createReadingQueue, RANK } from './reading-queue.ts';

/** `old`: others may have written since. */
export type AtHand = 'nothing' | 'old' | 'all';

export type FleetItems = {
  /** All HPAs. Reads them first where they are not at hand. */
  read(): Promise<FleetSnapshot>;
  atHand(): AtHand;
  /** Has what is not at hand read meanwhile. */
  prepare(): void;
  stop(): void;
};

export type FleetItemsDeps = {
  store: Pick<Store, 'listHpas' | 'countByCluster'>;
  clock: Clock;
  changes: Pick<Changes, 'hear' | 'bump'>;
  facts: () => HpaFacts;
  /** Those that share the database: what another one writes is told nobody here. */
  agents: () => readonly Pick<AgentState, 'state'>[];
};

/** So long after the start, when the first scans are done, the fleet is read though nobody asks. */
const FIRST_READING_AFTER_MS = 10 * SECOND;
/** Who asks waits so long for what a scan just changed; what is not read by then is in the next answer. */
const MOST_WAIT_MS = 80;
/** Where others write too, everything is read anew after so long, but not more than a tenth of the time. */
const SHARED_ANEW_MS = 5 * SECOND;
const SHARE_OF_TIME = 0.1;
/** What others may have changed is not shown when it was read so long ago. */
const OLDEST_SHARED_MS = 15 * SECOND;
/** For what nobody tells of: samples that retention took. */
const ANEW_MS = 5 * MINUTE;
const PAGE = 250;

type Whole = { at: number; tookMs: number; wanted: number };

/**
 * The fleet in memory, so that a list of it is sorted, filtered and compared with what a client holds without asking the store. It is kept
 * up to date whether somebody asks or not: after whatever may have changed HPAs of a cluster these are read, one cluster at a time. So who
 * asks never waits for the whole fleet, but for what a call changed, and for a moment for what was scanned just now.
 */
export function createFleetItems({ store, clock, changes, facts, agents }: FleetItemsDeps): FleetItems {
  const looks = createFleetLooks(`${clock.now().toString(36)}${Math.floor(Math.random() * 1e9).toString(36)}`);
  const queue = createReadingQueue(async (cluster) => {
    const rows = await rowsOf(store, cluster);
    if (looks.put(cluster, rows, clock.now())) changes.bump();
  });
  let whole: Whole | null = null;
  let reading: { wanted: number; done: Promise<void> } | null = null;
  /** How often something changed of which nothing was read. */
  let wanted = 0;
  let askedAt = -Infinity;

  async function readAll(of: number): Promise<void> {
    const at = clock.now();
    const counts = await store.countByCluster();
    const clusters = new Set([...counts.map(({ cluster }) => cluster), ...looks.clusters()]);
    await Promise.all([...clusters].map((cluster) => queue.want(cluster, RANK.pass)));
    whole = { at, tookMs: clock.now() - at, wanted: of };
  }

  function readWhole(): Promise<void> {
    if (reading?.wanted === wanted) return reading.done;
    const mine = { wanted, done: readAll(wanted) };
    reading = mine;
    const settle = () => void (reading === mine && (reading = null));
    mine.done.then(settle, settle);
    return mine.done;
  }

  const cancelFirst = clock.after(FIRST_READING_AFTER_MS, () => {
    if (!whole && !isShared(agents())) readWhole().catch(() => undefined);
  });
  changes.hear((touched, kind) => {
    if (touched?.length === 0) return;
    // Where others write too, who asks after a while has everything read anew anyway.
    const isIdle = isShared(agents()) && clock.now() - askedAt >= OLDEST_SHARED_MS;
    if (touched === null || isIdle) wanted++;
    // Before the first reading everything is still to be read.
    else if (whole || reading) for (const cluster of touched) queue.want(cluster, RANK[kind]).catch(() => undefined);
  });

  const isOlderThan = (ms: number): boolean => !whole || clock.now() - whole.at >= ms;
  function atHand(): AtHand {
    if (!whole) return 'nothing';
    return whole.wanted < wanted || (isShared(agents()) && isOlderThan(OLDEST_SHARED_MS)) ? 'old' : 'all';
  }

  /** A failure shows where somebody waits for it. */
  async function catchUp(): Promise<void> {
    askedAt = clock.now();
    if (atHand() !== 'all') await readWhole();
    else if (isOlderThan(isShared(agents()) ? sharedAnewMs(whole) : ANEW_MS)) readWhole().catch(() => undefined);
    await queue.settled(RANK.call);
    await atMost(clock, MOST_WAIT_MS, queue.settled(RANK.event));
  }

  return {
    async read() {
      try {
        await catchUp();
      } catch (error) {
        // A database over the network that is away: what was seen last is told (status says that it is away).
        if (!whole || !isAgentError(error) || error.code !== 'storage/unreachable') throw error;
      }
      return looks.look(facts());
    },
    atHand,
    prepare() {
      askedAt = clock.now();
      // Where nobody else writes the first reading comes by itself, and leaves the start alone until then.
      if (isShared(agents())) readWhole().catch(() => undefined);
    },
    stop: cancelFirst,
  };
}

const sharedAnewMs = (whole: Whole | null): number => Math.max(SHARED_ANEW_MS, (whole?.tookMs ?? 0) / SHARE_OF_TIME);

const isShared = (agents: readonly Pick<AgentState, 'state'>[]): boolean =>
  agents.filter(({ state }) => state !== 'left' && state !== 'lost').length > 1;

/** Waits for it, but not longer than that. */
async function atMost(clock: Pick<Clock, 'after'>, ms: number, done: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(ms, late.resolve);
  await Promise.race([done, late.promise]).finally(cancel);
}

async function rowsOf(store: Pick<Store, 'listHpas'>, cluster: string): Promise<HpaRow[]> {
  const rows: HpaRow[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['listHpas']>> = await store.listHpas({
      cluster,
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.items);
    cursor = page.next;
  } while (cursor !== null);
  return rows;
}
