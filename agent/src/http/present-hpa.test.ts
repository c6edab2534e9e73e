import { expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import { hpaRow, sampleAt } from './fake-services.fixture.ts';
import { presentEnrolment, presentHpa, presentHpaDetail, type HpaFacts } from './present-hpa.ts';

const KEY = { cluster: 'akspriv-prod-admin', namespace: 'production', hpa: 'api-gateway' };
const SCAN = Date.UTC(2025, 10, 5, 14, 25);
const FACTS: HpaFacts = { firing: new Map(), worst: new Map(), now: SCAN };

test('an HPA reads as first sketched, with its baseline and its latest sample', () => {
  const row = hpaRow(KEY, {
    lastScanAt: SCAN,
    baseline: { ...QUEUED_BASELINE, state: 'ready', progress: 100, coverage: 95.2489, readyAt: SCAN },
    latest: sampleAt(SCAN, { cpuCurrent: 48.25, replicasCurrent: 4, cpuBasis: 'request' }),
  });
  expect(presentHpa(row, FACTS)).toMatchObject({
    ...KEY,
    has_baseline: true,
    monitoring_active: true,
    last_scan: '2025-11-05T14:25:00.000Z',
    baseline_coverage: 95.2,
    baseline: { state: 'ready', coverage: 95.2, progress: 100, reason: null },
    gone_since: null,
    latest: {
      timestamp: '2025-11-05T14:25:00.000Z',
      cpu_current: 48.25,
      replicas_current: 4,
      memory_current: null,
      cpu_basis: 'request',
      approximate: false,
    },
  });
});

test('what is not known is null, never 0', () => {
  expect(presentHpa(hpaRow(KEY), FACTS)).toMatchObject({
    has_baseline: false,
    last_scan: null,
    baseline_coverage: null,
    latest: null,
  });
});

test('a baseline that was ready once stays, even while it is collected again', () => {
  const baseline = { ...QUEUED_BASELINE, state: 'running' as const, readyAt: SCAN };
  expect(presentHpa(hpaRow(KEY, { baseline }), FACTS).has_baseline).toBe(true);
});

test('in full: coverage by the names of the API, UTC where no time zone is set', () => {
  const baseline = { ...QUEUED_BASELINE, columns: { cpuCurrent: 70.04, replicasCurrent: 100 }, nextAttemptAt: SCAN };
  expect(presentHpaDetail(hpaRow(KEY, { baseline }), FACTS, [])).toMatchObject({
    timezone: 'UTC',
    target: { kind: 'Deployment', name: 'api-gateway' },
    metrics: [{ name: 'cpu', type: 'utilization', container: null, target: 70 }],
    baseline: { columns: { cpu_current: 70, replicas_current: 100 }, next_attempt: '2025-11-05T14:25:00.000Z' },
  });
});

test('an enrolment that failed carries code and sentence', () => {
  const error = new AgentError('hpa/not-found', 'there is no such HPA', { details: { a: 1 } });
  const result = { key: KEY, outcome: 'failed', hasBaseline: false, collectionStarted: false } as const;
  expect(presentEnrolment({ ...result, estimatedCompletion: null, error })).toEqual({
    ...KEY,
    outcome: 'failed',
    has_baseline: false,
    baseline_collection_started: false,
    estimated_completion: null,
    error: { code: 'hpa/not-found', message: 'there is no such HPA' },
  });
});

test('what fires on it is told by number and highest severity', () => {
  const firing = new Map([[7, { firing: 3, worst: 'critical' as const }]]);
  const told = (id: number) => presentHpa(hpaRow(KEY, { id }), { ...FACTS, firing }).anomalies;
  expect([told(7), told(8)]).toEqual([
    { firing: 3, worst: 'critical' },
    { firing: 0, worst: null },
  ]);
});

test.each([
  ['not muted', null, null],
  ['muted until later', SCAN + 60_000, '2025-11-05T14:26:00.000Z'],
  ['muted until now', SCAN, null],
  ['muted once', SCAN - 60_000, null],
])('an HPA %s', (_what, mutedUntil, expected) => {
  expect(presentHpa(hpaRow(KEY, { mutedUntil }), FACTS).muted_until).toBe(expected);
});
