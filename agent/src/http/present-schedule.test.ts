import { describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import type { ScheduleView } from '../domain/schedule-view.ts';
import { clusterInfo, forwardInfo, IDLE } from './fake-services.fixture.ts';
import { presentTimeslots, presentTimeSlots } from './present-schedule.ts';

const START = Date.UTC(2025, 10, 5, 14, 25, 0);
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString();

/** Slots of `slotMs` over the two sketched ports, the second slot active. */
const view = (clusters: (string | null)[][], change: Partial<ScheduleView> = {}): ScheduleView => ({
  lanes: [{ port: 55553 }, { port: 55554 }],
  slotDurationMs: 25_000,
  cycleDurationMs: clusters.length * 25_000,
  cycleStartedAt: START,
  cadenceExceeded: false,
  currentSlotIndex: clusters.length - 1,
  slots: clusters.map((names, index) => ({
    index,
    startOffsetMs: index * 25_000,
    clusters: names,
    lastExecutedAt: index === 0 ? START : null,
    executingSince: index === clusters.length - 1 ? START + index * 25_000 : null,
  })),
  lastOutcomes: [],
  tallies: new Map(),
  ...change,
});
const FOUR = view([
  ['p1', 'p2'],
  ['p3', 'p4'],
]);

describe('time_slots of the status', () => {
  test('four clusters read as first sketched', () => {
    expect(presentTimeSlots(FOUR, START + 32_000)).toEqual({
      total_clusters: 4,
      total_slots: 2,
      slot_duration: '25s',
      cycle_duration: '50s',
      cadence_exceeded: false,
      current_slot: {
        index: 1,
        port_55553_cluster: 'p3',
        port_55554_cluster: 'p4',
        start_time: at(25),
        end_time: at(50),
        time_remaining: '18s',
        lanes: [
          { port: 55553, cluster: 'p3' },
          { port: 55554, cluster: 'p4' },
        ],
      },
      next_slot: {
        index: 0,
        port_55553_cluster: 'p1',
        port_55554_cluster: 'p2',
        start_time: at(50),
        end_time: at(75),
        lanes: [
          { port: 55553, cluster: 'p1' },
          { port: 55554, cluster: 'p2' },
        ],
      },
      all_slots: [
        { index: 0, clusters: ['p1', 'p2'], duration: '25s', is_active: false },
        { index: 1, clusters: ['p3', 'p4'], duration: '25s', is_active: true },
      ],
    });
  });

  test('no clusters: idle, no slot and no error', () => {
    expect(presentTimeSlots(IDLE, START)).toEqual({
      total_clusters: 0,
      total_slots: 0,
      slot_duration: '30s',
      cycle_duration: '0s',
      cadence_exceeded: false,
      current_slot: null,
      next_slot: null,
      all_slots: [],
    });
  });

  test('an odd number leaves the last lane empty', () => {
    const odd = presentTimeSlots(
      view([
        ['p1', 'p2'],
        ['p3', null],
      ]),
      START + 30_000,
    );
    expect(odd.total_clusters).toBe(3);
    expect(odd.current_slot).toMatchObject({ port_55553_cluster: 'p3', port_55554_cluster: null });
    expect(odd.all_slots[1]?.clusters).toEqual(['p3', null]);
  });

  test('one slot is followed by itself', () => {
    const { current_slot, next_slot } = presentTimeSlots(view([['p1', null]]), START + 5_000);
    expect(current_slot).toMatchObject({ index: 0, start_time: at(0), time_remaining: '20s' });
    expect(next_slot).toMatchObject({ index: 0, start_time: at(25), end_time: at(50) });
  });

  test.each([
    ['a single other port', [41000], ['p1'], { port_41000_cluster: 'p1' }],
    [
      'three ports',
      [1, 2, 3],
      ['p1', null, 'p3'],
      { port_1_cluster: 'p1', port_2_cluster: null, port_3_cluster: 'p3' },
    ],
  ])('%s', (_what, ports, clusters, expected) => {
    const lanes = ports.map((port) => ({ port }));
    const { current_slot } = presentTimeSlots(view([clusters], { lanes }), START);
    expect(current_slot).toMatchObject(expected);
    expect(current_slot).not.toHaveProperty('port_55553_cluster');
  });

  test('a moment past the slot never reads as a negative time', () => {
    expect(presentTimeSlots(FOUR, START + 51_000).current_slot?.time_remaining).toBe('0s');
  });
});

describe('timeslots', () => {
  const outcome: ScanOutcome = {
    cluster: 'p3',
    startedAt: START - 25_000,
    durationMs: 840,
    result: 'failed',
    hpas: 6,
    rows: 0,
    requests: 12,
    error: new AgentError('prometheus/timeout', 'no answer within 30 s'),
    notes: ['kube_pod_owner is missing'],
  };
  const tally = { since: START - 3_600_000, total: 40, failed: 2, overruns: 1, meanMs: 310, maxMs: 25_400 };
  const clusters = ['p1', 'p2', 'p3', 'p4'].map((name) => clusterInfo(name, null));
  const forwards = [
    forwardInfo('p1', { port: 55553, state: { kind: 'ready', since: START, baseUrl: 'http://127.0.0.1:55553' } }),
    forwardInfo('p2', { port: 55554 }),
    forwardInfo('p3', { port: 55553, address: '127.0.0.2' }),
  ];
  const answer = presentTimeslots(
    { ...FOUR, lastOutcomes: [outcome], tallies: new Map([['p3', tally]]) },
    { clusters, forwards, counts: [{ cluster: 'p3', hpas: 6 }] },
    START + 30_000,
  );

  test('the configuration and the cycle', () => {
    expect(answer.configuration).toEqual({
      total_clusters: 4,
      total_slots: 2,
      slot_duration: '25s',
      cycle_duration: '50s',
      cadence_exceeded: false,
      parallel_scans: true,
      ports: [55553, 55554],
    });
    expect(answer.current_cycle).toEqual({
      started_at: at(0),
      ends_at: at(50),
      progress_percent: 60,
      current_slot_index: 1,
    });
  });

  test('a slot that waits and a slot that runs', () => {
    expect(answer.slots[0]).toMatchObject({
      index: 0,
      start_offset: '0s',
      duration: '25s',
      port_55553: { cluster: 'p1', prometheus_url: 'http://127.0.0.1:55553', last_scan: null },
      port_55554: { cluster: 'p2', prometheus_url: 'http://127.0.0.1:55554', last_scan: null },
      is_active: false,
      last_executed: at(0),
      executing_since: null,
      time_remaining: null,
    });
    expect(answer.slots[1]).toMatchObject({
      start_offset: '25s',
      port_55553: { cluster: 'p3', prometheus_url: 'http://127.0.0.2:55553' },
      port_55554: { cluster: 'p4', prometheus_url: null },
      is_active: true,
      last_executed: null,
      executing_since: at(25),
      time_remaining: '20s',
    });
  });

  test('each lane tells the last scan of its cluster', () => {
    expect(answer.slots[1]?.lanes[0]?.last_scan).toEqual({
      started_at: at(-25),
      duration_ms: 840,
      result: 'failed',
      hpas: 6,
      rows: 0,
      requests: 12,
      error: { code: 'prometheus/timeout', message: 'no answer within 30 s' },
      notes: ['kube_pod_owner is missing'],
    });
  });

  test('each cluster with its place, the way to it and what its scans came to', () => {
    expect(answer.clusters.map(({ cluster, slot_index }) => [cluster, slot_index])).toEqual([
      ['p1', 0],
      ['p2', 0],
      ['p3', 1],
      ['p4', 1],
    ]);
    expect(answer.clusters[2]).toMatchObject({
      hpas: 6,
      forward: { status: 'stopped', address: '127.0.0.2' },
      last_scan: { result: 'failed', error: { code: 'prometheus/timeout' } },
      scans: { since: at(-3_600), total: 40, failed: 2, overruns: 1, mean_ms: 310, max_ms: 25_400 },
    });
    expect(answer.clusters[3]).toMatchObject({
      forward: null,
      last_scan: null,
      hpas: 0,
      scans: { total: 0, mean_ms: null },
    });
  });

  test('idle', () => {
    expect(presentTimeslots(IDLE, { clusters: [], forwards: [], counts: [] }, START)).toMatchObject({
      configuration: { total_clusters: 0, total_slots: 0, cycle_duration: '0s' },
      current_cycle: null,
      slots: [],
    });
  });

  test('one lane scans nothing in parallel', () => {
    const single = view([['p1'], ['p2']], { lanes: [{ port: 7 }] });
    const { configuration, slots } = presentTimeslots(single, { clusters, forwards: [], counts: [] }, START);
    expect(configuration.parallel_scans).toBe(false);
    expect(slots[1]).toMatchObject({ port_7: { cluster: 'p2', prometheus_url: null, last_scan: null } });
  });
});
