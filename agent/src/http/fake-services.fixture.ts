import { FakeClock } from '../core/fake-clock.fixture.ts';
import { AgentError } from '../core/errors.ts';
import { createEventBus } from '../core/events.ts';
import { silentLogger } from '../core/logger.ts';
import { createMetrics } from '../core/metrics.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { HpaChange } from '../domain/change.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { hpaId, type DiscoveredHpa, type HpaKey } from '../domain/hpa.ts';
import type { HpaProfile } from '../domain/profile.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import type { ClusterInfo, ScheduleView } from '../domain/schedule-view.ts';
import type { Exclusion } from '../storage/anomaly-store.ts';
import type { HpaRow } from '../storage/store.ts';
import type { EnrolResult } from '../collect/enrolment.ts';
import { anomalyServicesOf } from './fake-anomalies.fixture.ts';
import { lastOfSteps, listRows } from './fake-lists.fixture.ts';
import type { ReadyState, Services } from './services.ts';

/** The world behind the API in tests: what is there, and every write that was asked for. */
export type FakeWorld = {
  clock: FakeClock;
  rows: HpaRow[];
  samples: Sample[];
  changes: HpaChange[];
  /** Of one HPA, by id; the others have `samples`. */
  samplesOf: Map<number, Sample[]>;
  anomalies: Anomaly[];
  exclusions: Exclusion[];
  profile: HpaProfile | null;
  clusters: ClusterInfo[];
  forwards: ForwardInfo[];
  agents: AgentState[];
  schedule: ScheduleView;
  discovered: DiscoveredHpa[];
  ready: ReadyState;
  /** The next enrolment of these names fails with this error. */
  failing: Map<string, Error>;
  writes: unknown[][];
  services: Services;
};

export const CONTEXTS = ['prod-admin', 'staging-admin'];

export const clusterInfo = (name: string, lanePort: number | null): ClusterInfo => ({
  name,
  reach: { kind: 'context', context: `${name}-admin` },
  prometheus: { namespace: 'monitoring', service: 'prometheus-server', port: 9090, timeoutMs: 30_000 },
  source: 'config',
  lanePort,
});

export const forwardInfo = (cluster: string, change: Partial<ForwardInfo> = {}): ForwardInfo => ({
  cluster,
  mode: 'forward',
  address: '127.0.0.1',
  port: 41553,
  pid: 4242,
  state: { kind: 'stopped' },
  restarts: 0,
  lastError: null,
  note: null,
  stderr: [],
  ...change,
});

export const hpaRow = (key: HpaKey, change: Partial<HpaRow> = {}): HpaRow => ({
  ...key,
  id: 1,
  active: true,
  enrolledAt: Date.UTC(2026, 0, 5, 11),
  timezone: null,
  mutedUntil: null,
  target: { kind: 'Deployment', name: key.hpa },
  metrics: [{ name: 'cpu', type: 'utilization', container: null, target: 70 }],
  seenAt: null,
  goneSince: null,
  lastScanAt: null,
  scannedUntil: null,
  baseline: QUEUED_BASELINE,
  latest: null,
  ...change,
});

export const IDLE: ScheduleView = {
  lanes: [{ port: 41553 }, { port: 41554 }],
  slotDurationMs: 30_000,
  cycleDurationMs: 0,
  cycleStartedAt: null,
  cadenceExceeded: false,
  currentSlotIndex: null,
  slots: [],
  lastOutcomes: [],
  tallies: new Map(),
};

export function fakeWorld(): FakeWorld {
  const clock = new FakeClock();
  const world = {
    clock,
    rows: [],
    samples: [],
    changes: [],
    samplesOf: new Map(),
    anomalies: [],
    exclusions: [],
    profile: null,
    clusters: [clusterInfo('prod', 41553), clusterInfo('arn:aws:eks:eu-west-1:1:cluster/shop', 41554)],
    forwards: [],
    agents: [],
    schedule: IDLE,
    discovered: [],
    ready: { ready: true },
    failing: new Map<string, Error>(),
    writes: [],
  } as unknown as FakeWorld;
  world.services = servicesOf(world);
  return world;
}

function servicesOf(world: FakeWorld): Services {
  const record = (...what: unknown[]) => void world.writes.push(what);
  const find = (key: HpaKey) => world.rows.find((row) => hpaId(row) === hpaId(key)) ?? null;
  const mustFind = (key: HpaKey): HpaRow => {
    const row = find(key);
    if (!row) throw new AgentError('hpa/not-enrolled', `${hpaId(key)} is not monitored`);
    return row;
  };
  const enrolOne = (key: HpaKey): EnrolResult => {
    const error = world.failing.get(key.hpa);
    const none = { key, hasBaseline: false, collectionStarted: false, estimatedCompletion: null };
    if (error) return { ...none, outcome: 'failed', error: error as AgentError };
    if (find(key)) return { ...none, outcome: 'existing', hasBaseline: true };
    world.rows.push(hpaRow(key, { id: world.rows.length + 1 }));
    record('enrol', key);
    return { ...none, outcome: 'created', collectionStarted: true, estimatedCompletion: world.clock.now() + 90_000 };
  };
  const { store, anomalies, baselines } = anomalyServicesOf(world);
  return {
    anomalies,
    baselines,
    store: {
      ...store,
      listHpas: async (filter) => listRows(world.rows, filter),
      findHpa: async (key) => find(key),
      hpasOfCluster: async (cluster) => world.rows.filter((row) => row.cluster === cluster),
      countByCluster: async () =>
        [...new Set(world.rows.map(({ cluster }) => cluster))].map((cluster) => {
          const hpas = world.rows.filter((row) => row.cluster === cluster);
          return {
            cluster,
            hpas: hpas.length,
            ready: hpas.filter(({ baseline }) => baseline.state === 'ready').length,
          };
        }),
      changesOf: async (_id, { from, to }) => world.changes.filter(({ at }) => at >= from && at <= to),
      readSeries: async (_id, { from, to }) => world.samples.filter(({ ts }) => ts >= from && ts <= to),
      readSeriesOf: async (ids, { from, to, stepMs }) =>
        new Map(
          ids.map((id) => [
            id,
            lastOfSteps(
              (world.samplesOf.get(id) ?? world.samples).filter(({ ts }) => ts >= from && ts <= to),
              stepMs,
            ),
          ]),
        ),
      counts: async () => ({
        total: 1_847,
        baseline: 1_728,
        monitoring: 119,
        bytes: 2_304_000,
        oldest: world.clock.now() - 3_600_000,
        exact: true,
      }),
    },
    enrolment: {
      enrol: async (keys) => keys.map(enrolOne),
      enrolAll: async (cluster, namespace) =>
        world.discovered
          .filter((found) => namespace === undefined || found.namespace === namespace)
          .map((found) => enrolOne({ cluster, namespace: found.namespace, hpa: found.hpa })),
      stop: async (key, { purge }) => {
        world.rows.splice(world.rows.indexOf(mustFind(key)), 1);
        record('stop', key, { purge });
      },
      backfill: async (key) => {
        mustFind(key);
        record('backfill', key);
        return { started: true, estimatedCompletion: world.clock.now() + 60_000 };
      },
      patch: async (key, patch) => {
        Object.assign(mustFind(key), patch);
        record('patch', key, patch);
      },
    },
    fleet: {
      list: () => world.clusters,
      resolve: (name) => {
        const found = world.clusters.find((info) => info.name === name || `${info.name}-admin` === name);
        if (!found)
          throw new AgentError('cluster/unknown', `No cluster ${name}`, {
            details: { field: 'cluster', value: name, allowed: CONTEXTS },
          });
        return found.name;
      },
      add: async ({ name, context, prometheusUrl }) => {
        if (world.clusters.some((info) => info.name === name))
          throw new AgentError('cluster/exists', `${name} is watched already`);
        const reach = prometheusUrl
          ? ({ kind: 'direct', url: prometheusUrl } as const)
          : ({ kind: 'context', context: context ?? `${name}-admin` } as const);
        const info: ClusterInfo = { ...clusterInfo(name, null), reach, source: 'api' };
        world.clusters.push(info);
        record('add', name);
        return info;
      },
      remove: async (name) => {
        world.clusters = world.clusters.filter((info) => info.name !== name);
        record('remove', name);
      },
      discover: async () => ({ hpas: world.discovered, notes: ['kube_pod_owner is missing'] }),
    },
    schedule: { view: () => world.schedule },
    forwards: () => world.forwards,
    agents: () => world.agents,
    rebuilt: () => null,
    buffer: () => null,
    events: createEventBus(),
    metrics: createMetrics({ processMetrics: false }),
    clock: world.clock,
    logger: silentLogger,
    version: '1.2.3',
    ready: () => world.ready,
  };
}

export const sampleAt = (ts: number, change: Partial<Sample> = {}): Sample => ({ ...emptySample(ts), ...change });
