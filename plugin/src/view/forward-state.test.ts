import { expect, test } from '@jest/globals';
import type { ForwardView } from '@hpa-watch/agent/contract';
import { forwardWord } from './forward-state';

const NOW = Date.UTC(2026, 0, 5, 12);
const at = (seconds: number) => new Date(NOW + seconds * 1_000).toISOString();

test.each<[ForwardView['status'], string | null, string | null, string]>([
  ['active', '2h35m', null, 'up 2 h 35 min'],
  ['active', '40s', null, 'up 40 s'],
  ['active', null, null, 'up'],
  ['starting', null, null, 'starting'],
  ['waiting', null, at(8), 'retry in 8 s'],
  ['waiting', null, at(-1), 'trying again'],
  ['waiting', null, null, 'trying again'],
  ['failed', null, null, 'needs mending'],
  ['stopped', null, null, 'stopped'],
])('a forward that is %s (up %p, retry at %p) reads "%s"', (status, uptime, retryAt, text) => {
  expect(forwardWord({ status, uptime, retry_at: retryAt }, NOW).replaceAll('\u00a0', ' ')).toBe(text);
});
