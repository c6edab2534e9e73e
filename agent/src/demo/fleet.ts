import { keyOf, between, uniform } from './rng.ts';
import { DEFAULT_BEHAVIOR, type ClusterSpec, type ContainerSpec, type HpaSpec, type LoadSpec } from './spec.ts';

/** What a row of the fleet says; the rest follows from defaults and the seed. */
type Sketch = Partial<Omit<HpaSpec, 'load' | 'cluster' | 'namespace' | 'name'>> & {
  load?: Partial<LoadSpec>;
  sidecar?: boolean;
  /** Replicas wanted at the daily peak; decides the load. */
  peakReplicas?: number;
  app?: Partial<ContainerSpec>;
};

const APP: ContainerSpec = {
  name: 'app',
  cpuRequestCores: 0.5,
  memoryRequestMib: 512,
  cpuShare: 1,
  memoryBaseMib: 230,
  memoryPerCoreMib: 90,
};

/** Its memory follows its work, so that scaling on memory has an effect. */
const HUNGRY = { memoryBaseMib: 150, memoryPerCoreMib: 760 };

const SIDECAR: ContainerSpec = {
  name: 'istio-proxy',
  cpuRequestCores: 0.1,
  memoryRequestMib: 128,
  cpuShare: 0.08,
  memoryBaseMib: 48,
  memoryPerCoreMib: 6,
};

const cpu = (target: number) => ({ source: 'resource', name: 'cpu', type: 'utilization', target }) as const;
const memory = (target: number) => ({ source: 'resource', name: 'memory', type: 'utilization', target }) as const;
const deployment = (name: string) => ({ kind: 'Deployment', name, apiVersion: 'apps/v1' });
const statefulSet = (name: string) => ({ kind: 'StatefulSet', name, apiVersion: 'apps/v1' });

/** The workloads of the small fleet: what each shows stands beside it. */
const WORKLOADS: Record<string, [path: string, sketch: Sketch][]> = {
  'prod-eu': [
    ['payments/api', { max: 12, peakReplicas: 8, sidecar: true }],
    // Shares its prefix with payments/api: the pods of the one must never count for the other.
    ['payments/api-gateway', { min: 3, max: 10, peakReplicas: 7, sidecar: true }],
    ['payments/ledger', { target: statefulSet('ledger'), min: 3, max: 7, peakReplicas: 5 }],
    ['web/front', { max: 20, peakReplicas: 14, load: { peakHour: 17 } }],
    // The target has another name than the HPA.
    ['search/query', { target: deployment('search-query-v2'), max: 14, peakReplicas: 9 }],
    ['billing/worker', { max: 8, peakReplicas: 5, load: { mondayPeak: 0.5 } }],
    // Scales on a queue outside the cluster.
    [
      'orders/consumer',
      { metrics: [{ source: 'external', name: 'queue_messages_ready', type: 'average', target: 30 }], max: 15 },
    ],
    ['auth/login', { metrics: [cpu(65), memory(80)], min: 3, max: 9, peakReplicas: 6, sidecar: true }],
  ],
  'prod-us': [
    ['payments/api', { max: 12, peakReplicas: 7, sidecar: true, load: { peakHour: 20 } }],
    ['payments/api-gateway', { min: 3, max: 10, peakReplicas: 6, sidecar: true, load: { peakHour: 20 } }],
    ['web/front', { max: 18, peakReplicas: 12, load: { peakHour: 21 } }],
    [
      'search/query',
      { target: { kind: 'Rollout', name: 'query', apiVersion: 'argoproj.io/v1alpha1' }, max: 12, peakReplicas: 8 },
    ],
    [
      'search/index',
      { target: statefulSet('index'), app: HUNGRY, metrics: [memory(75)], min: 3, max: 8, peakReplicas: 5 },
    ],
    // min = max: at its maximum all day, and rightly so.
    ['billing/worker', { min: 4, max: 4, peakReplicas: 4 }],
    ['media/transcode', { metrics: [cpu(80)], max: 16, peakReplicas: 10, readyAfterMs: 75_000 }],
  ],
  stage: [
    ['payments/api', { max: 6, peakReplicas: 3, sidecar: true }],
    ['payments/api-gateway', { max: 6, peakReplicas: 3, sidecar: true }],
    ['web/front', { max: 6, peakReplicas: 4 }],
    ['search/query', { max: 6, peakReplicas: 3 }],
    // Held at zero at night by something outside the HPA.
    ['batch/reports', { sleeps: { fromHour: 21, toHour: 5 }, max: 6, peakReplicas: 4 }],
  ],
  lab: [
    // No CPU request: the controller cannot compute a utilisation, so this one scales on waiting jobs.
    [
      'tools/runner',
      {
        app: { cpuRequestCores: null, memoryRequestMib: null },
        metrics: [{ source: 'external', name: 'jobs_waiting', type: 'average', target: 10 }],
        max: 8,
      },
    ],
    ['tools/notebooks', { max: 6, peakReplicas: 3, load: { noise: 0.12 } }],
    ['grafana/render', { min: 1, max: 5, peakReplicas: 3 }],
    [
      'iot/ingest',
      { metrics: [{ source: 'external', name: 'kafka_lag', type: 'value', target: 500 }], min: 2, max: 10 },
    ],
  ],
};

function build(seed: number, cluster: string, path: string, sketch: Sketch): HpaSpec {
  const [namespace = '', name = ''] = path.split('/');
  const key = keyOf(seed, `${cluster}/${path}`);
  const containers = [{ ...APP, ...sketch.app }, ...(sketch.sidecar ? [SIDECAR] : [])];
  const metrics = sketch.metrics ?? [cpu(70)];
  const request = containers.reduce((sum, { cpuRequestCores }) => sum + (cpuRequestCores ?? 0.25), 0);
  const cpuTarget = metrics.find((metric) => metric.name === 'cpu')?.target ?? 60;
  const peakReplicas = sketch.peakReplicas ?? 6;
  const work = containers.reduce((sum, { cpuShare }) => sum + cpuShare, 0);
  const coresPerReplica = (request * cpuTarget) / 100 / work;
  return {
    cluster,
    namespace,
    name,
    target: sketch.target ?? deployment(name),
    min: sketch.min ?? 2,
    max: sketch.max ?? 10,
    metrics,
    behavior: sketch.behavior ?? DEFAULT_BEHAVIOR,
    containers,
    podLimitCores: sketch.podLimitCores ?? request * 2,
    readyAfterMs: sketch.readyAfterMs ?? Math.round(between(key, 1, 40, 60)) * 1_000,
    load: {
      peakCores: peakReplicas * coresPerReplica,
      coresPerReplica,
      nightShare: between(key, 2, 0.25, 0.45),
      peakHour: 13 + Math.round(between(key, 3, -2, 2)),
      weekendShare: between(key, 4, 0.55, 0.8),
      mondayPeak: 0,
      noise: between(key, 5, 0.025, 0.05),
      ...sketch.load,
    },
    sleeps: sketch.sleeps ?? null,
  };
}

const NAMESPACES = ['payments', 'web', 'search', 'billing', 'orders', 'auth', 'media', 'iot'];
const NAMES = ['api', 'worker', 'front', 'query', 'consumer', 'gateway', 'index', 'sync'];

/** The n-th of a large fleet: names stay unique in their namespace, sizes and kinds vary by seed. */
function generated(seed: number, cluster: string, index: number): HpaSpec {
  const namespace = NAMESPACES[index % NAMESPACES.length] ?? '';
  const name = `${NAMES[Math.floor(index / NAMESPACES.length) % NAMES.length] ?? ''}-${index}`;
  const key = keyOf(seed, `${cluster}/${name}`);
  const peakReplicas = 3 + Math.floor(uniform(key, 11) * 7);
  return build(seed, cluster, `${namespace}/${name}`, {
    ...(uniform(key, 12) < 0.15 ? { target: statefulSet(name) } : {}),
    ...(uniform(key, 13) < 0.1 ? { metrics: [cpu(65), memory(85)] } : {}),
    max: Math.ceil(peakReplicas * 1.5),
    peakReplicas,
    sidecar: uniform(key, 14) < 0.3,
  });
}

export type FleetOptions = {
  seed: number;
  /** How many clusters; 4 by default. */
  clusters?: number;
  /** The same number of generated HPAs in each cluster instead of the two dozen named ones. */
  hpasPerCluster?: number;
  /** `day`: every day is alike, without weekends and Monday mornings; `week` by default. */
  rhythm?: 'week' | 'day';
};

const withoutWeek = (spec: HpaSpec): HpaSpec => ({ ...spec, load: { ...spec.load, weekendShare: 1, mondayPeak: 0 } });

/**
 * The simulated fleet.
 * @throws RangeError where a count is not a positive whole number
 */
export function buildFleet({ seed, clusters = 4, hpasPerCluster, rhythm = 'week' }: FleetOptions): ClusterSpec[] {
  for (const count of [clusters, hpasPerCluster ?? 1]) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`not a count of one or more: ${count}`);
  }
  const named = Object.keys(WORKLOADS);
  return Array.from({ length: clusters }, (_, i) => {
    const name = named[i] ?? `edge-${i - named.length + 1}`;
    const rows = WORKLOADS[name] ?? WORKLOADS.stage ?? [];
    const hpas =
      hpasPerCluster === undefined
        ? rows.map(([path, sketch]) => build(seed, name, path, sketch))
        : Array.from({ length: hpasPerCluster }, (_, index) => generated(seed, name, index));
    return { name, hpas: rhythm === 'day' ? hpas.map(withoutWeek) : hpas };
  });
}
