import { describe, expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { exposition } from './exporter.ts';
import type { IncidentKind } from './incident-kinds.ts';
import { createSimulation, type Simulation, type SimulationOptions } from './simulation.ts';
import type { StatusRow } from './track.ts';

const NOW = Date.UTC(2026, 10, 19, 14, 0, 0);
const short = (options: Partial<SimulationOptions> = {}) =>
  createSimulation({ seed: 5, liveFrom: NOW, historyMs: 4 * HOUR, ...options });

/** Every sample of the first cluster up to `now`, as text. */
function everything(simulation: Simulation, now: number): string {
  const [cluster] = simulation.clusters;
  if (cluster === undefined) throw new Error('no cluster');
  const rows = cluster.grid.rowsUntil(now);
  return cluster
    .series(now, 0, rows)
    .map(({ labels, at, from }) => {
      const values = Array.from({ length: rows }, (_, row) => (row < from ? NaN : at(row)));
      return `${JSON.stringify(labels)} ${values.join(' ')}`;
    })
    .sort()
    .join('\n');
}

describe('the same seed', () => {
  test('tells the same story, another seed another', () => {
    const story = everything(short(), NOW);
    expect(everything(short(), NOW)).toBe(story);
    expect(everything(short({ seed: 6 }), NOW)).not.toBe(story);
  });

  test('reaches an instant the same way live, step by step, as by history', () => {
    const live = short();
    const end = NOW + 25 * MINUTE;
    for (let now = NOW - 7_000; now < end; now += 37_000) live.clusters[0]?.series(now, 0, 1);
    expect(everything(live, end)).toBe(everything(short(), end));
  });

  test('shows the same present, whether looked at before or not', () => {
    const [watched, fresh] = [short().clusters[0], short().clusters[0]];
    if (watched === undefined || fresh === undefined) throw new Error('no cluster');
    for (let now = NOW; now < NOW + 10 * MINUTE; now += 15_000) exposition(watched, now);
    const at = NOW + 10 * MINUTE + 30_000;
    expect(exposition(watched, at)).toBe(exposition(fresh, at));
    expect(exposition(watched, at)).not.toContain('cluster=');
  });
});

test('what is older than the history is forgotten, and what is left stays the same', () => {
  const [cluster, fresh] = [short().clusters[0], short().clusters[0]];
  if (cluster === undefined || fresh === undefined) throw new Error('no cluster');
  const end = NOW + 9 * HOUR;
  for (let now = NOW; now <= end; now += 10 * MINUTE) cluster.series(now, 0, 1);
  const rows = cluster.grid.rowsUntil(end);
  const kept = cluster.grid.rowsUntil(end - 4 * HOUR);
  const recent = (of: typeof cluster) =>
    of
      .series(end, kept, rows)
      .map(({ labels, at }) => [labels, Array.from({ length: rows - kept }, (_, i) => at(kept + i))]);
  expect(recent(cluster)).toEqual(recent(fresh));
  const old = cluster.grid.rowsUntil(end - 7 * HOUR);
  const known = cluster.series(end, 0, old).flatMap(({ at }) => Array.from({ length: old }, (_, row) => at(row)));
  expect(known.filter((value) => !Number.isNaN(value))).toEqual([]);
});

describe('the fleet', () => {
  test('has the sizes asked for, and unique HPAs', () => {
    const named = short().clusters.flatMap(({ hpas }) => hpas);
    expect(named).toHaveLength(24);
    const large = short({ clusters: 6, hpasPerCluster: 300 }).clusters.flatMap(({ hpas }) => hpas);
    expect(new Set(large.map((hpa) => `${hpa.cluster}/${hpa.namespace}/${hpa.name}`)).size).toBe(1_800);
    expect(() => short({ clusters: 0 })).toThrow(RangeError);
  });

  test('names pods as Kubernetes does', () => {
    const names = short()
      .clusters.flatMap((cluster) => cluster.series(NOW, 0, 1e9))
      .filter(({ labels }) => labels.__name__ === 'kube_pod_owner')
      .map(({ labels }) => `${labels.owner_kind} ${labels.pod}`);
    const shape =
      /^(ReplicaSet [a-z0-9-]+-[bcdfghjklmnpqrstvwxz2456789]{9}-[bcdfghjklmnpqrstvwxz2456789]{5}|StatefulSet [a-z-]+-\d+)$/;
    expect(names.filter((name) => !shape.test(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(50);
  });

  test('never leaves the bounds of its HPAs and its counters never fall but at a restart', () => {
    const simulation = createSimulation({ seed: 9, liveFrom: NOW, incidents: 'none' });
    for (const spec of simulation.clusters.flatMap(({ hpas }) => hpas)) {
      const { track } = run(simulation, spec.cluster, spec.name, spec.namespace);
      for (const { current } of track.status) {
        const low = spec.sleeps === null ? spec.min : 0;
        if (current < low || current > spec.max) throw new Error(`${spec.name} has ${current}`);
      }
      const falls = track.pods.flatMap(({ cpuSeconds }) =>
        (cpuSeconds[0] ?? []).filter((value, i, all) => value < (all[i - 1] ?? 0)),
      );
      // Three days see a few pod restarts; a StatefulSet's pod comes back under its name each time it is scaled away.
      if (spec.target.kind !== 'StatefulSet') expect(falls.length).toBeLessThanOrEqual(5);
    }
    expect(simulation.labels(0, NOW + 30 * DAY)).toEqual([]);
  }, 60_000);
});

function run(simulation: Simulation, cluster: string, hpa: string, namespace: string, until = NOW) {
  const spec = simulation.clusters
    .find(({ name }) => name === cluster)
    ?.hpas.find((candidate) => candidate.name === hpa && candidate.namespace === namespace);
  if (spec === undefined) throw new Error(`no HPA ${hpa}`);
  const simulated = simulation.simulate(spec);
  simulated.advance(until);
  return simulated;
}

describe('labelled incidents', () => {
  const simulation = short();
  const labels = simulation.labels(NOW - 6 * HOUR, NOW + 12 * HOUR);

  test('begin around the start, every kind of them, some over, some on, some to come', () => {
    const story = labels.filter(({ start }) => start <= NOW + HOUR);
    expect(new Set(story.map(({ kind }) => kind)).size).toBe(12);
    expect(story.filter(({ end }) => end < NOW).length).toBeGreaterThanOrEqual(2);
    expect(story.filter(({ start, end }) => start <= NOW && end > NOW).length).toBeGreaterThanOrEqual(5);
    expect(story.filter(({ start }) => start > NOW).length).toBeGreaterThanOrEqual(5);
  });

  test('go on about once an hour, on a fleet that has no other trouble', () => {
    const later = short().labels(NOW + 2 * HOUR, NOW + 26 * HOUR);
    expect(later.length).toBeGreaterThan(12);
    expect(later.length).toBeLessThan(48);
  });

  test('one cluster departs as a whole', () => {
    const outages = labels.filter(({ kind, start }) => kind === 'upstream_outage' && start > NOW && start < NOW + HOUR);
    expect(outages).toHaveLength(3);
    expect(new Set(outages.map(({ cluster }) => cluster)).size).toBe(1);
  });

  /** What must be true of at least a third of the rows inside the incident, after ten minutes. */
  const shows: Partial<Record<IncidentKind, (row: StatusRow, max: number) => boolean>> = {
    traffic_spike: (row, max) => row.current === max && row.scalingLimited === 1,
    metrics_lost: (row) => row.scalingActive === 0,
    scaling_blocked: (row, max) => (row.metricCurrent[0] ?? 0) > 80 && row.desired === row.current && row.current < max,
    replicas_overwritten: (row) => row.desired !== row.current,
    telemetry_lost: (row) => !row.scraped,
    pods_pending: (row) => row.ready < row.current,
    scale_down_blocked: (row) => (row.metricCurrent[0] ?? 100) < 40 && row.current > 2,
  };

  test.each(Object.entries(shows))('%s shows in the HPA', (kind, isShown) => {
    const label = labels.find(
      ({ kind: candidate, start }) => candidate === (kind as IncidentKind) && start > NOW - 5 * HOUR,
    );
    if (label === undefined) throw new Error('no such incident');
    const { track } = run(simulation, label.cluster, label.hpa, label.namespace, label.end);
    const { grid } = simulation.clusters.find(({ name }) => name === label.cluster) ?? {};
    const from = grid?.rowsUntil(label.start + 10 * MINUTE) ?? 0;
    const rows = track.status.slice(from, grid?.rowsUntil(label.end - MINUTE));
    const shown = rows.filter((row) => isShown(row, row.max)).length;
    expect(shown / rows.length).toBeGreaterThan(1 / 3);
  });

  test('flapping changes direction again and again', () => {
    const label = labels.find(({ kind }) => kind === 'flapping');
    if (label === undefined) throw new Error('no such incident');
    const { track } = run(simulation, label.cluster, label.hpa, label.namespace, label.end);
    const sizes = track.status.slice(-40).map(({ current }) => current);
    const moves = sizes.map((size, i) => Math.sign(size - (sizes[i - 1] ?? size))).filter((move) => move !== 0);
    expect(moves.filter((move, i) => i > 0 && move !== moves[i - 1]).length).toBeGreaterThan(6);
  });
});
