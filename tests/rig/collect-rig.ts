import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCollector, type MeasuringCollector } from '../../agent/src/collect/create-collector.ts';
import type { ClusterSession } from '../../agent/src/collect/collector.ts';
import type { CollectConfig } from '../../agent/src/collect/deps.ts';
import type { AgentEvent } from '../../agent/src/contract/events.ts';
import { DAY, HOUR, MINUTE, type Clock } from '../../agent/src/core/clock.ts';
import { createEventBus, type EventBus } from '../../agent/src/core/events.ts';
import { silentLogger } from '../../agent/src/core/logger.ts';
import type { BaselineStatus } from '../../agent/src/domain/baseline.ts';
import { QUEUED_BASELINE } from '../../agent/src/domain/baseline.ts';
import type { Sample } from '../../agent/src/domain/sample.ts';
import { createPrometheusClient } from '../../agent/src/prometheus/client.ts';
import type { Prometheus, RangeQuery } from '../../agent/src/prometheus/prometheus.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store, StoredHpa } from '../../agent/src/storage/store.ts';

export const CLUSTER = 'lab';

export type CollectRig = {
  /** Its time is set by `setNow`, its timers run. */
  clock: Clock;
  store: Store;
  collector: MeasuringCollector;
  session: ClusterSession;
  prometheus: Prometheus;
  events: AgentEvent[];
  subscribe: EventBus['subscribe'];
  /** Bytes as they came over the connection, not zipped. */
  wire: { bytes: number };
  setNow: (now: number) => void;
  enrol(hpas: { namespace: string; hpa: string }[], at?: number): Promise<StoredHpa[]>;
  find(namespace: string, hpa: string): Promise<StoredHpa>;
  baseline(namespace: string, hpa: string): Promise<BaselineStatus>;
  series(namespace: string, hpa: string, from: number, to: number): Promise<Sample[]>;
  close(): Promise<void>;
};

/** A store of this clock, in a directory of its own. */
export type OpenStore = (dir: string, clock: Clock) => Promise<Store>;
const openSqlite: OpenStore = (dir, clock) =>
  openSqliteStore({ path: join(dir, 'monitoring.db'), now: () => clock.now() });

/** A collector over a real store, SQLite by default, and a real Prometheus; only the clock is set by hand, while timers run. */
export async function startCollectRig(
  url: string,
  now: number,
  config: Partial<CollectConfig> = {},
  openStore?: OpenStore,
): Promise<CollectRig> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-collect-'));
  let current = now;
  const clock: Clock = {
    now: () => current,
    after(ms, fn) {
      const timer = setTimeout(fn, ms);
      return () => clearTimeout(timer);
    },
  };
  const store = await (openStore ?? openSqlite)(dir, clock);
  const wire = { bytes: 0 };
  const prometheus = createPrometheusClient({
    baseUrl: url,
    timeoutMs: 30_000,
    compress: false,
    onRequest: (_result, bytes) => (wire.bytes += bytes),
  });
  const events: AgentEvent[] = [];
  const bus = createEventBus();
  bus.subscribe((event) => events.push(event));
  const collector = createCollector({
    store,
    clock,
    events: bus,
    logger: silentLogger,
    config: {
      windowMs: 72 * HOUR,
      stepMs: 5 * MINUTE,
      minCoverage: 70,
      groupSize: 50,
      minuteRetentionMs: 7 * DAY,
      ...config,
    },
  });
  const find = async (namespace: string, hpa: string) => {
    const found = await store.findHpa({ cluster: CLUSTER, namespace, hpa });
    if (!found) throw new Error(`${namespace}/${hpa} is not enrolled`);
    return found;
  };
  return {
    clock,
    store,
    collector,
    session: { cluster: CLUSTER, prometheus, isCurrent: () => true },
    prometheus,
    events,
    subscribe: (listener) => bus.subscribe(listener),
    wire,
    setNow: (next) => (current = next),
    async enrol(hpas, at = current) {
      const enrolled = await store.enrol(
        hpas.map(({ namespace, hpa }) => ({ cluster: CLUSTER, namespace, hpa })),
        at,
      );
      await store.saveBaseline(
        enrolled.map(({ hpa }) => ({ hpaId: hpa.id, status: { ...QUEUED_BASELINE, state: 'queued' as const } })),
      );
      return enrolled.map(({ hpa }) => hpa);
    },
    find,
    baseline: async (namespace, hpa) => (await find(namespace, hpa)).baseline,
    series: async (namespace, hpa, from, to) => store.readSeries((await find(namespace, hpa)).id, { from, to }),
    async close() {
      await prometheus.close();
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A signal that never aborts. */
export const noDeadline = (): AbortSignal => new AbortController().signal;

/** A Prometheus that hands everything on and remembers which ranges were asked for; `before` is told each first. */
export function recording(
  inner: Prometheus,
  before: (query: RangeQuery) => void = () => undefined,
): { prometheus: Prometheus; ranges: RangeQuery[] } {
  const ranges: RangeQuery[] = [];
  const prometheus: Prometheus = {
    ...inner,
    get requests() {
      return inner.requests;
    },
    range(query, signal) {
      ranges.push(query);
      before(query);
      return inner.range(query, signal);
    },
  };
  return { prometheus, ranges };
}
