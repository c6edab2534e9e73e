import { describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import { ANOMALY_KINDS, type Finding } from '../domain/anomaly.ts';
import { emptySample } from '../domain/sample.ts';
import { explain, type Scene } from './explain.ts';
import { KEY, MONDAY } from './hpa-story.fixture.ts';

const AT = MONDAY + 14 * HOUR + 20 * MINUTE;
const START = AT - 10 * MINUTE;

const scene: Scene = {
  key: KEY,
  target: { kind: 'Deployment', name: 'api' },
  timezone: 'UTC',
  sample: {
    ...emptySample(AT),
    replicasCurrent: 12,
    replicasMin: 2,
    replicasMax: 12,
    scalingLimited: 1,
    cpuBasis: 'request',
  },
  changes: [],
};

const finding = (rest: Partial<Finding>): Finding => ({
  kind: 'cpu_deviation',
  severity: 'warning',
  at: AT,
  level: 'enter',
  metric: 'cpu',
  direction: 'over',
  observed: 164.2,
  band: { expected: 72, lower: 61.4, upper: 87.7 },
  score: 7,
  facts: {},
  ...rest,
});

test('names value, band, since when, limits, what changed before, and what to try', () => {
  const rollout = { kind: 'rollout' as const, at: START - 5 * MINUTE, to: 'api-6d4cf56db6', isReturn: false };
  const words = explain(finding({}), START, { ...scene, changes: [rollout] });
  expect(words.sentence).toBe(
    'CPU of payments/api is 164 % of request, since 14:10; at this hour it is usually 61-88 %. ' +
      'Replicas are at max (12) and the HPA is limited. Shortly before, at 14:05: rollout of Deployment api (ReplicaSet api-6d4cf56db6).',
  );
  expect(words.advice).toBe('Raise maxReplicas or look at the rollout at 14:05.');
  expect(words.promql).toContain('pod=~"api-[a-z0-9]+-[a-z0-9]{5}"');
});

test('of several changes the one nearest to the start is told, in whatever order they come, and none that is still to come', () => {
  const rollout = (at: number, to: string) => ({
    kind: 'rollout' as const,
    at,
    to,
    isReturn: at > START - 10 * MINUTE,
  });
  const changes = [rollout(START - 4 * MINUTE, 'api-old'), rollout(START - 20 * MINUTE, 'api-new')];
  const told = 'Shortly before, at 14:06: rollback of Deployment api (to ReplicaSet api-old).';
  expect(explain(finding({}), START, { ...scene, changes }).sentence).toContain(told);
  expect(explain(finding({}), START, { ...scene, changes: [...changes].reverse() }).sentence).toContain(told);
  const ahead = rollout(START + 2 * MINUTE, 'api-next');
  expect(explain(finding({ at: START }), START, { ...scene, changes: [ahead] }).sentence).not.toContain('api-next');
  expect(explain(finding({ at: START + 3 * MINUTE }), START, { ...scene, changes: [ahead] }).sentence).toContain(
    'api-next',
  );
});

test('times are written in the zone of the HPA, with the day where it is another', () => {
  const words = explain(finding({}), START - 30 * HOUR, { ...scene, timezone: 'Asia/Tokyo' });
  expect(words.sentence).toContain('since 11-01 17:10;');
  expect(explain(finding({}), START, { ...scene, timezone: 'Asia/Tokyo' }).sentence).toContain('since 23:10;');
});

test('what changed hours before is not blamed', () => {
  const change = {
    kind: 'config' as const,
    at: START - 3 * HOUR,
    of: [{ field: 'replicasMax' as const, from: 12, to: 8 }],
  };
  expect(explain(finding({}), START, { ...scene, changes: [change] }).sentence).not.toContain('maxReplicas');
  const recent = { ...change, at: START - 3 * MINUTE };
  expect(explain(finding({}), START, { ...scene, changes: [recent] }).sentence).toContain(
    'Shortly before, at 14:07: maxReplicas changed from 12 to 8.',
  );
});

describe('each kind has a sentence, and a query that names the HPA or its pods', () => {
  const facts: Partial<Record<Finding['kind'], Finding['facts']>> = {
    level_shift: { factor: 1.75, minutes: 60 },
    maxed_out: { replicas: 12, max: 12, pressure: 1.6 },
    scaling_stuck: { pressure: 1.6, replicas: 5, max: 12 },
    oscillation: { reversals: 4, low: 4, high: 9 },
    replicas_mismatch: { desired: 8, current: 5, ready: 5, cause: 'not_applied' },
    scaling_inactive: { replicas: 5 },
    underutilised: { replicas: 8, min: 2, pressure: 0.31, atMin: 0 },
    memory_leak: { mibAnHour: 62, percentAnHour: 25, hoursToRequest: 3.4, usual: 260 },
    telemetry_lost: { what: 'all', minutes: 4 },
    config_changed: { replicasMaxFrom: 12, replicasMax: 8 },
  };
  test.each([...ANOMALY_KINDS])('%s', (kind) => {
    const { sentence, promql } = explain(finding({ kind, facts: facts[kind] ?? {}, observed: 12 }), START, scene);
    expect(sentence).toMatch(/payments\/api\b.*\.$/);
    expect(sentence).toContain('14:10');
    expect(sentence).not.toMatch(/undefined|null|NaN|\?/);
    expect(promql).toContain('namespace="payments"');
    expect(promql).toMatch(/api/);
  });

  test('and says the hard facts', () => {
    const leak = explain(finding({ kind: 'memory_leak', facts: facts.memory_leak ?? {}, observed: 420 }), START, scene);
    expect(leak.sentence).toBe(
      'Memory of payments/api has risen by 62 MiB an hour and pod since 14:10, now 420 MiB where 260 MiB is usual; it reaches its request in about 3.4 h.',
    );
    const changed = explain(finding({ kind: 'config_changed', facts: facts.config_changed ?? {} }), START, scene);
    expect(changed.sentence).toBe('The HPA of payments/api was changed at 14:10: maxReplicas from 12 to 8.');
  });
});

test('dots in names are no wildcards', () => {
  const words = explain(finding({}), START, { ...scene, target: { kind: 'StatefulSet', name: 'a.b' } });
  expect(words.promql).toContain('pod=~"a\\\\.b-[0-9]+"');
});
