import { expect, test } from '@jest/globals';
import type { AgentView } from '@hpa-watch/agent/contract';
import { behindSeconds } from './behind';

const cluster = (behind_seconds: number | null): AgentView['clusters'][number] => ({
  cluster: 'prod',
  since: '2026-01-05T12:00:00.000Z',
  fence: 1,
  last_scan: null,
  behind_seconds,
});

test.each([
  ['the furthest of its clusters', [12, 90, null], 90],
  ['nothing where no cluster was scanned yet', [null], null],
  ['nothing where it watches none', [], null],
])('an agent is behind by %s', (_what, behind, expected) => {
  expect(behindSeconds({ clusters: behind.map(cluster) })).toBe(expected);
});
