import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOUR, MINUTE } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { QUEUED_BASELINE, type BaselineStatus } from '../domain/baseline.ts';
import type { StoredHpa } from '../storage/store.ts';
import { failedStatus, groupDue, piecesDone, progressOf } from './backfill-progress.ts';

const NOW = Date.UTC(2026, 0, 5, 12, 3);
const CONFIG = { windowMs: 72 * HOUR, stepMs: 5 * MINUTE, groupSize: 50 };
const hpa = (id: number, baseline: Partial<BaselineStatus>): StoredHpa => ({
  id,
  cluster: 'lab',
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
  scannedUntil: null,
  baseline: { ...QUEUED_BASELINE, ...baseline },
});

test('progress at a stored piece reads the same number of pieces back, and between never one too many', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.nat(30),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (total, n, queries) => {
        const pieces = n % total;
        expect(piecesDone(progressOf(pieces, total, 0), total)).toBe(pieces);
        expect(piecesDone(progressOf(pieces, total, queries), total)).toBeLessThanOrEqual(pieces);
      },
    ),
  );
});

test('queued HPAs go in groups of 50 with the window before now', () => {
  const due = Array.from({ length: 120 }, (_, id) => hpa(id, { state: 'queued' }));
  const groups = groupDue(due, NOW, CONFIG);
  expect(groups.map(({ members }) => members.length)).toEqual([50, 50, 20]);
  expect(groups.every(({ window, progress }) => window.end === NOW - 3 * MINUTE && progress === 0)).toBe(true);
});

const end = NOW - 33 * MINUTE;
test.each<[string, Partial<BaselineStatus>, { end: number; progress: number }]>([
  ['running: interrupted, goes on', { state: 'running', progress: 40, windowEnd: end }, { end, progress: 40 }],
  ['failed on the way: goes on', { state: 'failed', progress: 40, windowEnd: end }, { end, progress: 40 }],
  ['partial: begins anew', { state: 'partial', progress: 100, windowEnd: end }, { end: NOW - 3 * MINUTE, progress: 0 }],
  [
    'interrupted long ago: begins anew',
    { state: 'running', progress: 40, windowEnd: NOW - 7 * HOUR },
    { end: NOW - 3 * MINUTE, progress: 0 },
  ],
])('%s', (_what, baseline, expected) => {
  const [group] = groupDue([hpa(1, baseline)], NOW, CONFIG);
  expect({ end: group?.window.end, progress: group?.progress }).toEqual(expected);
});

test.each([
  [1, true, 5_000],
  [2, true, 10_000],
  [4, true, 40_000],
  [9, true, 40_000],
  [4, false, 40_000],
  [5, false, 80_000],
  [99, false, HOUR],
])('after attempt %i a failure that may pass by itself (%s) waits %i ms', (attempts, retryable, ms) => {
  const error = new AgentError('prometheus/timeout', 'slow', { retryable });
  const status = failedStatus({ ...QUEUED_BASELINE, attempts }, error, NOW);
  expect(status).toMatchObject({ state: 'failed', nextAttemptAt: NOW + ms, reason: 'slow' });
});
