import { expect, test } from '@jest/globals';
import { boundsText, metricsText, progressText, targetText } from './row-text';
import { discoveredOf } from './rows.fixture';

const spaced = (text: string) => text.replaceAll('\u00a0', ' ');
const api = discoveredOf('shop', 'api');

test.each([
  [2, 10, '2–10'],
  [4, 4, '4'],
  [null, 10, '––10'],
  [null, null, '–'],
])('%p to %p replicas read %s', (replicas_min, replicas_max, text) => {
  expect(boundsText({ ...api, replicas_min, replicas_max })).toBe(text);
});

test('each metric has its target in its own unit', () => {
  const metrics = [
    { name: 'cpu', type: 'utilization' as const, container: 'web', target: 70 },
    { name: 'queue_length', type: 'average' as const, container: null, target: 1_200.5 },
  ];
  expect(spaced(metricsText({ ...api, metrics }))).toBe('cpu (web) 70 %, queue_length 1,200.5');
});

test('what the cluster does not show is a dash', () => {
  expect([boundsText(null), metricsText(null), targetText(null)]).toEqual(['–', '–', '–']);
  expect(targetText(api)).toBe('Deployment/api');
});

test.each([
  [false, 42.4, 12_000, '42 % · 12 s left'],
  [false, 99.9, 100, '100 % · 1 s left'],
  [false, 42, null, '42 %'],
  [true, 0, 40_000, 'waits for its turn · 40 s left'],
])('a collection (queued: %p) at %p % with %p ms left reads "%s"', (isQueued, percent, leftMs, text) => {
  expect(spaced(progressText({ kind: 'collecting', isQueued, percent, leftMs }))).toBe(text);
});
