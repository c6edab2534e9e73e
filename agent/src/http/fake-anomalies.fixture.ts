import { AgentError } from '../core/errors.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { Profile, ProfileMetric } from '../domain/profile.ts';
import type { AnomalyFilter } from '../storage/anomaly-store.ts';
import type { FakeWorld } from './fake-services.fixture.ts';
import type { Anomalies, Baselines, Services } from './services.ts';

/** The anomalies and baselines of a fake world. */
export function anomalyServicesOf(world: FakeWorld) {
  const record = (...what: unknown[]) => void world.writes.push(what);
  const change = async (id: string, patch: Partial<Anomaly>, ...write: unknown[]) => {
    const index = world.anomalies.findIndex((anomaly) => anomaly.id === id);
    const found = world.anomalies[index];
    if (!found) return null;
    record(...write);
    return (world.anomalies[index] = { ...found, ...patch });
  };
  const store: Pick<Services['store'], 'listAnomalies' | 'anomalyChanges' | 'findAnomaly' | 'exclusionsOf'> = {
    listAnomalies: async (filter) => listAnomalies(world.anomalies, filter),
    // Nobody can tell what changed here: storage/sqlite/anomaly-changes.test.ts has the real thing.
    anomalyChanges: async () => ({ revision: '0.0', changed: null }),
    findAnomaly: async (id) => world.anomalies.find((anomaly) => anomaly.id === id) ?? null,
    exclusionsOf: async () => world.exclusions,
  };
  const anomalies: Anomalies = {
    firing: () => world.anomalies.filter(({ state }) => state === 'firing'),
    firingHere: () => world.anomalies.filter(({ state }) => state === 'firing'),
    acknowledge: (id, on) => change(id, { acknowledgedAt: on ? world.clock.now() : null }, 'acknowledge', id, on),
    exclude: (id, on) => change(id, { excluded: on }, 'exclude', id, on),
  };
  const baselines: Baselines = {
    profileOf: async () => world.profile,
    accept: async ({ cluster, namespace, hpa }, since) => record('accept', { cluster, namespace, hpa }, since),
  };
  return { store, anomalies, baselines };
}

const isIn = <V>(wanted: V | readonly V[] | undefined, value: V): boolean =>
  wanted === undefined || (Array.isArray(wanted) ? wanted.includes(value) : wanted === value);

function listAnomalies(all: readonly Anomaly[], filter: AnomalyFilter) {
  const matches = all
    .filter(({ state }) => isIn(filter.state, state))
    .filter(({ severity }) => isIn(filter.severity, severity))
    .filter(({ kind }) => isIn(filter.kind, kind))
    .filter(({ key }) => isIn(filter.cluster, key.cluster))
    .filter(({ key }) => isIn(filter.namespace, key.namespace) && isIn(filter.hpa, key.hpa))
    .filter(({ endedAt }) => filter.from === undefined || endedAt === null || endedAt >= filter.from)
    .filter(({ startedAt }) => filter.to === undefined || startedAt <= filter.to)
    .sort((a, b) => b.startedAt - a.startedAt);
  const start = filter.cursor === undefined ? 0 : Number(filter.cursor);
  if (!Number.isInteger(start))
    throw new AgentError('request/invalid', 'cursor is not one of ours', {
      details: { field: 'cursor', value: filter.cursor, allowed: 'next_cursor of the page before' },
    });
  const end = start + filter.limit;
  return {
    items: matches.slice(start, end),
    next: end < matches.length ? String(end) : null,
    total: matches.length,
  };
}

/** A metric that is always at `level`, give or take `floor`. */
export const levelProfile = (metric: ProfileMetric, level: number, change: Partial<Profile> = {}): Profile => ({
  metric,
  timezone: 'UTC',
  from: Date.UTC(2026, 0, 2, 12),
  to: Date.UTC(2026, 0, 5, 11, 55),
  points: 864,
  model: 'level',
  level,
  slots: [],
  doubt: null,
  days: { working: 2, weekend: 2 },
  floor: 2,
  spread: { high: { u: 0, e: 0 }, low: { u: 0, e: 0 } },
  surprise: {
    level: { high: { u: 0, e: 1 }, low: { u: 0, e: 1 } },
    jump: { high: { u: 0, e: 1 }, low: { u: 0, e: 1 } },
    misfit: { u: 0, e: 1 },
  },
  ...change,
});
