import { expect, test } from '@jest/globals';
import { MINUTE, SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { QUEUED_BASELINE, type BaselineStatus } from '../domain/baseline.ts';
import type { HpaRow } from '../storage/store.ts';
import { forwardInfo, hpaRow } from './fake-services.fixture.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import { needsLook, presentSummary, summaryFingerprint, type FleetFacts } from './present-summary.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const LATE = 5 * MINUTE;
const row = (hpa: string, change: Partial<HpaRow> = {}) =>
  hpaRow({ cluster: 'prod', namespace: 'shop', hpa }, { lastScanAt: NOW - 20 * SECOND, ...change });
const baseline = (change: Partial<BaselineStatus>): BaselineStatus => ({ ...QUEUED_BASELINE, ...change });

test.each<[string, Partial<HpaRow>, Record<string, unknown> | null]>([
  ['is scanned and ready', { baseline: baseline({ state: 'ready' }) }, null],
  ['is being collected', { baseline: baseline({ state: 'running' }) }, null],
  ['is paused, whatever else', { active: false, goneSince: NOW - MINUTE, lastScanAt: null }, null],
  ['is gone', { goneSince: NOW - 12 * MINUTE }, { reason: 'gone', message: 'the cluster has not shown it for 12m' }],
  [
    'was not scanned for 6 min',
    { lastScanAt: NOW - 6 * MINUTE },
    { reason: 'not_scanned', message: '6m since its last scan' },
  ],
  [
    'was never scanned',
    { lastScanAt: null, enrolledAt: NOW - 7 * MINUTE },
    { reason: 'not_scanned', message: '7m since it was enrolled' },
  ],
  ['was enrolled just now', { lastScanAt: null, enrolledAt: NOW - MINUTE }, null],
  [
    'failed',
    { baseline: baseline({ state: 'failed', reason: 'no answer' }) },
    { reason: 'baseline_failed', message: 'no answer' },
  ],
  [
    'is partial',
    { baseline: baseline({ state: 'partial', reason: 'one day old' }) },
    { reason: 'baseline_partial', message: 'one day old' },
  ],
])('an HPA that %s', (_what, change, expected) => {
  const look = needsLook(row('api', change), NOW, LATE);
  if (expected === null) expect(look).toBeNull();
  else expect(look).toMatchObject(expected);
});

test('a fleet in one look', () => {
  const summary = presentSummary(
    {
      clusters: 2,
      cycleMs: 25_000,
      firing: [],
      hpas: [
        row('a', { baseline: baseline({ state: 'ready', readyAt: 1 }) }),
        row('b', { baseline: baseline({ state: 'partial' }), lastScanAt: NOW - 38 * SECOND }),
        row('c', { active: false, lastScanAt: NOW - 60 * MINUTE }),
        row('d', { goneSince: NOW - 20 * MINUTE, lastScanAt: NOW - 2 * MINUTE }),
      ],
      forwards: [
        forwardInfo('prod', { state: { kind: 'ready', since: 0, baseUrl: 'http://127.0.0.1:1' } }),
        forwardInfo('lab', {
          state: {
            kind: 'waiting',
            retryAt: NOW,
            attempt: 1,
            cause: new AgentError('kubectl/exited', 'kubectl ended'),
          },
        }),
      ],
    },
    NOW,
  );
  expect(summary).toMatchObject({
    clusters: { total: 2 },
    hpas: { total: 4, active: 3, paused: 1, gone: 1, with_baseline: 1 },
    forwards: { total: 2, down: [{ cluster: 'lab', status: 'waiting', message: 'kubectl ended' }] },
    oldest_scan: { cluster: 'prod', namespace: 'shop', hpa: 'b', age: '38s' },
    needs_look: { total: 2 },
  });
  expect(summary.hpas.by_baseline_state).toEqual({ queued: 2, running: 0, ready: 1, partial: 1, failed: 0 });
  expect(summary.forwards.by_status).toEqual({ active: 1, starting: 0, waiting: 1, failed: 0, stopped: 0 });
  expect(summary.needs_look.worst.map(({ hpa, reason }) => [hpa, reason])).toEqual([
    ['d', 'gone'],
    ['b', 'baseline_partial'],
  ]);
});

test('of many that need a look the worst ten are shown, and all counted', () => {
  const hpas = Array.from({ length: 25 }, (_, i) => row(`h${i}`, { lastScanAt: NOW - (10 + i) * MINUTE }));
  const { needs_look } = presentSummary({ clusters: 1, hpas, forwards: [], firing: [], cycleMs: 0 }, NOW);
  expect(needs_look.total).toBe(25);
  expect(needs_look.worst.map(({ hpa }) => hpa)).toEqual(Array.from({ length: 10 }, (_, i) => `h${24 - i}`));
});

test('nothing at all', () => {
  expect(presentSummary({ clusters: 0, hpas: [], forwards: [], firing: [], cycleMs: 0 }, NOW)).toMatchObject({
    hpas: { total: 0 },
    firing: { critical: 0, warning: 0, info: 0 },
    firing_by_cluster: [],
    worst: [],
    oldest_scan: null,
    needs_look: { total: 0, worst: [] },
  });
});

test('what fires: counted by severity and cluster, the ten worst shown', () => {
  const severities = ['info', 'warning', 'critical'] as const;
  const firing = Array.from({ length: 12 }, (_, i) =>
    anomaly(i, `a${i}`, {
      severity: severities[i % 3]!,
      score: i,
      key: { cluster: i < 9 ? 'prod' : 'lab', namespace: 'shop', hpa: `h${i}` },
    }),
  );
  const summary = presentSummary({ clusters: 2, hpas: [], forwards: [], firing, cycleMs: 0 }, NOW);
  expect(summary.firing).toEqual({ critical: 4, warning: 4, info: 4 });
  expect(summary.firing_by_cluster).toEqual([
    { cluster: 'lab', critical: 1, warning: 1, info: 1 },
    { cluster: 'prod', critical: 3, warning: 3, info: 3 },
  ]);
  expect(summary.worst.map(({ id }) => id)).toEqual(['a11', 'a8', 'a5', 'a2', 'a10', 'a7', 'a4', 'a1', 'a9', 'a6']);
});

test('the clock alone makes no other summary; a scan or an anomaly does', () => {
  const facts = { clusters: 1, hpas: [row('a')], forwards: [], firing: [], cycleMs: 0 };
  const print = (change: Partial<FleetFacts>, now: number) =>
    summaryFingerprint({ status: 'success', notices: [], ...presentSummary({ ...facts, ...change }, now) });
  const before = print({}, NOW);
  expect(print({}, NOW + 30 * SECOND)).toEqual(before);
  expect(print({ hpas: [row('a', { lastScanAt: NOW })] }, NOW)).not.toEqual(before);
  expect(print({ firing: [anomaly(1, 'x')] }, NOW)).not.toEqual(before);
});
