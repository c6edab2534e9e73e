import { AgentError, type ErrorCode } from '../../core/errors.ts';
import type { FakeClock } from '../../core/fake-clock.fixture.ts';
import type { DiscoveredFact, SampleBatch, Store, StoredHpa } from '../store.ts';

const MINUTE = 60_000;

export const hpaOf = (id: number, cluster: string, scannedUntil: number | null = null): StoredHpa => ({
  id,
  cluster,
  namespace: 'shop',
  hpa: `hpa-${id}`,
  active: true,
  enrolledAt: 0,
  timezone: null,
  mutedUntil: null,
  target: null,
  metrics: [],
  seenAt: null,
  goneSince: null,
  lastScanAt: null,
  scannedUntil,
  baseline: {
    state: 'ready',
    progress: 100,
    coverage: null,
    columns: null,
    windowEnd: null,
    readyAt: 0,
    attempts: 1,
    nextAttemptAt: null,
    reason: null,
  } as unknown as StoredHpa['baseline'],
});

/** A store as over the network: it can be away, refuse, or stand still, and remembers what was written and in which order. */
export function fakeDatabase(hpas: readonly StoredHpa[]) {
  const cursors = new Map(hpas.map(({ id, scannedUntil }) => [id, scannedUntil]));
  const written: SampleBatch[] = [];
  const facts: DiscoveredFact[][] = [];
  const settled: number[] = [];
  const due: Parameters<Store['dueNotifications']>[] = [];
  let fault: AgentError | null = null;
  let refusing: string | null = null;
  let frozen: Promise<void> | null = null;
  let thaw = (): void => undefined;
  let calls = 0;
  const ask = async <T>(run: () => T): Promise<T> => {
    calls += 1;
    if (frozen !== null) await frozen;
    if (fault !== null) throw fault;
    return run();
  };
  const refuseFor = (cluster: string | undefined): void => {
    if (refusing !== null && cluster === refusing)
      throw new AgentError('storage/fenced', `${cluster} is another agent's.`);
  };
  const clusterOf = (hpaId: number | undefined) => hpas.find(({ id }) => id === hpaId)?.cluster;
  const store = {
    listClusters: () => ask(() => []),
    hpasOfCluster: (cluster: string) =>
      ask(() =>
        hpas
          .filter((hpa) => hpa.cluster === cluster)
          .map((hpa) => ({ ...hpa, scannedUntil: cursors.get(hpa.id) ?? null })),
      ),
    writeSamples: (batch: SampleBatch) =>
      ask(() => {
        refuseFor(clusterOf(batch.samples[0]?.hpaId));
        written.push(batch);
        for (const { hpaId, scannedUntil } of batch.cursors ?? []) cursors.set(hpaId, scannedUntil);
        return { rows: batch.samples.length };
      }),
    saveDiscovered: (cluster: string, seen: DiscoveredFact[]) =>
      ask(() => {
        refuseFor(cluster);
        facts.push(seen);
      }),
    findHpa: () => ask(() => null),
    openGaps: () => ask(() => []),
    counts: () => ask(() => ({ total: 7, baseline: 3, monitoring: 4, bytes: 1, oldest: 0, exact: true })),
    saveAnomalies: () => ask(() => ({ queued: 0 })),
    settleNotification: (id: number) => ask(() => void settled.push(id)),
    dueNotifications: (...asked: Parameters<Store['dueNotifications']>) =>
      ask(() => {
        due.push(asked);
        return { items: [{ id: 5 }, { id: 6 }], nextAt: null };
      }),
    patchHpa: (id: number) => ask(() => hpas.find((hpa) => hpa.id === id)),
    close: () => {
      thaw();
      return Promise.resolve();
    },
  } as unknown as Store;
  return {
    store,
    written,
    facts,
    settled,
    /** What it was asked for. */
    due,
    calls: () => calls,
    goAway: (code: ErrorCode = 'storage/unreachable') =>
      void (fault = new AgentError(code, 'The database db:5432/watch cannot be reached.', { retryable: true })),
    comeBack: () => void (fault = null),
    refuse: (cluster: string | null) => void (refusing = cluster),
    freeze: () => void (frozen = new Promise((resolve) => (thaw = resolve))),
    thaw() {
      frozen = null;
      thaw();
    },
  };
}

/** What a scan at the end of this minute writes. */
export const scanOf = (hpaId: number, minute: number): SampleBatch => ({
  now: minute * MINUTE + 1,
  isBaseline: false,
  samples: [{ hpaId, samples: [] }],
  cursors: [{ hpaId, scannedUntil: minute * MINUTE }],
});

export const minutesOf = (batches: readonly SampleBatch[], hpaId: number): number[] =>
  batches.flatMap(({ cursors = [] }) =>
    cursors.filter((cursor) => cursor.hpaId === hpaId).map(({ scannedUntil }) => scannedUntil / MINUTE),
  );

/** Lets time pass, and files be written, until it is so. */
export async function passes(clock: FakeClock, isSo: () => boolean): Promise<void> {
  for (let i = 0; i < 3_000; i += 1) {
    if (isSo()) return;
    await clock.advance(100);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error('it never came to it');
}
