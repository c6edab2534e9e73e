import { describe, expect, test } from '@jest/globals';
import type { AgentState } from '../domain/agent-state.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { presentAgents } from './present-agents.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const agent: AgentState = {
  id: 'run-1',
  name: 'agent-0',
  version: '1.0.0',
  url: 'http://127.0.0.1:8085',
  startedAt: NOW - 60_000,
  seenAt: NOW - 2_000,
  state: 'live',
  clusters: [{ cluster: 'prod', since: NOW - 30_000, fence: 3 }],
  duties: ['housekeeping'],
  cannotReach: ['lab'],
};
const hpa = (name: string, change: Parameters<typeof hpaRow>[1]) =>
  hpaRow({ cluster: 'prod', namespace: 'payments', hpa: name }, change);
const clustersOf = (...hpas: ReturnType<typeof hpa>[]) => presentAgents([agent], hpas, NOW)[0]?.clusters;

test('an agent with what it watches', () => {
  expect(presentAgents([agent], [], NOW)).toEqual([
    {
      id: 'run-1',
      name: 'agent-0',
      version: '1.0.0',
      url: 'http://127.0.0.1:8085',
      started_at: '2026-01-05T11:59:00.000Z',
      seen_at: '2026-01-05T11:59:58.000Z',
      state: 'live',
      clusters: [
        { cluster: 'prod', since: '2026-01-05T11:59:30.000Z', fence: 3, last_scan: null, behind_seconds: null },
      ],
      duties: ['housekeeping'],
      cannot_reach: ['lab'],
    },
  ]);
});

describe('how far behind a cluster is', () => {
  test('the one that is furthest behind counts, and the latest scan', () => {
    const late = hpa('late', { lastScanAt: NOW - 90_000, scannedUntil: NOW - 300_000 });
    const fresh = hpa('fresh', { lastScanAt: NOW - 10_000, scannedUntil: NOW - 60_000 });
    expect(clustersOf(late, fresh)).toMatchObject([{ last_scan: '2026-01-05T11:59:50.000Z', behind_seconds: 300 }]);
  });

  test.each([
    ['paused', { active: false }],
    ['gone from the cluster', { goneSince: NOW - 1_000 }],
  ])('one that is %s does not', (_, change) => {
    const old = hpa('old', { ...change, lastScanAt: NOW - 9_000_000, scannedUntil: NOW - 9_000_000 });
    expect(clustersOf(old, hpa('fresh', { lastScanAt: NOW, scannedUntil: NOW - 60_000 }))).toMatchObject([
      { behind_seconds: 60 },
    ]);
  });

  test('one that was never scanned says nothing', () => {
    expect(clustersOf(hpa('new', {}), hpa('fresh', { lastScanAt: NOW, scannedUntil: NOW - 60_000 }))).toMatchObject([
      { behind_seconds: 60 },
    ]);
  });
});
