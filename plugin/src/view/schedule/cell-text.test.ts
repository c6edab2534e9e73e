import { expect, test } from '@jest/globals';
import type { LastScan } from '@hpa-watch/agent/contract';
import { countsText, faultText, scanText, scanTime } from './cell-text';
import { CYCLE_START, clusterOf, forwardOf } from './timeslots.fixture';

const spaced = (text: string | null) => text?.replaceAll('\u00a0', ' ') ?? null;
const lab = clusterOf('lab', 0, 55_553);
const scan: LastScan = {
  started_at: new Date(CYCLE_START).toISOString(),
  duration_ms: 412,
  result: 'ok',
  hpas: 6,
  rows: 6,
  requests: 21,
  error: null,
  notes: [],
};
const lost = { code: 'kubectl/connection-lost', message: 'The connection to the pod was lost.' };

test.each([
  [null, '–'],
  [412.4, '412 ms'],
  [2_210, '2.2 s'],
  [61_000, '1 min'],
])('a scan of %p ms took %s', (ms, text) => {
  expect(spaced(scanTime(ms))).toBe(text);
});

test('a cluster without a scan says so', () => {
  expect(scanText(lab, CYCLE_START)).toBe('not scanned yet');
  expect(spaced(scanText({ ...lab, last_scan: scan }, CYCLE_START + 12_000))).toBe('scanned 12 s ago in 412 ms');
});

test('only what happened is counted', () => {
  expect(countsText(lab)).toBe('6 HPAs');
  const busy = { ...lab, hpas: 1, forward: forwardOf('lab', { restarts: 2 }), scans: { ...lab.scans, overruns: 1 } };
  expect(countsText(busy)).toBe('1 HPA · 2 restarts · 1 overrun');
});

test.each([
  ['up, with an error of the past', { forward: forwardOf('lab', { last_error: lost }), last_scan: scan }, null],
  ['waiting', { forward: forwardOf('lab', { status: 'waiting', last_error: lost }) }, lost.message],
  ['a failed scan', { last_scan: { ...scan, result: 'failed' as const, error: lost } }, lost.message],
  ['an overrun', { last_scan: { ...scan, result: 'overrun' as const } }, 'The last scan took longer than its slot.'],
  ['never scanned', {}, null],
])('what is wrong with a cluster: %s', (_, change, text) => {
  expect(faultText({ ...lab, ...change })).toBe(text);
});
