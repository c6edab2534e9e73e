import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import type { DiscoveredHpa } from '../domain/hpa.ts';
import type { StoredHpa } from '../storage/store.ts';
import type { Survey } from './discover.ts';
import { createPresence } from './presence.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const CPU = { name: 'cpu', type: 'utilization' as const, container: null, target: 80 };
const TARGET = { kind: 'Deployment', name: 'web' };
const KNOWN: StoredHpa = {
  ...{ id: 1, cluster: 'c', namespace: 'shop', hpa: 'web', active: true, enrolledAt: 0, timezone: null },
  ...{ mutedUntil: null, target: TARGET, metrics: [CPU], seenAt: NOW - MINUTE, goneSince: null },
  ...{ lastScanAt: null, scannedUntil: null, baseline: QUEUED_BASELINE },
};
const SHOWN: DiscoveredHpa = {
  ...{ namespace: 'shop', hpa: 'web', target: TARGET, metrics: [CPU] },
  ...{ replicasMin: 1, replicasMax: 5, replicasCurrent: 2 },
};
const survey = (...hpas: DiscoveredHpa[]) => ({ hpas, answers: true }) as unknown as Survey;
const presence = () => createPresence({ publish: () => undefined });
const key = { namespace: 'shop', hpa: 'web' };

test.each<[string, Partial<StoredHpa>, Partial<DiscoveredHpa>, Record<string, unknown>[]]>([
  ['is as it was a minute ago', {}, {}, []],
  ['was never seen', { seenAt: null }, {}, [{ seenAt: NOW }]],
  ['was written ten minutes ago', { seenAt: NOW - 10 * MINUTE }, {}, [{ seenAt: NOW }]],
  ['was written in the future, by a clock that was wrong', { seenAt: NOW + 60 * MINUTE }, {}, [{ seenAt: NOW }]],
  ['has another target', {}, { target: { kind: 'Deployment', name: 'api' } }, [{ target: { name: 'api' } }]],
  ['has another metric', {}, { metrics: [{ ...CPU, target: 70 }] }, [{ metrics: [{ target: 70 }] }]],
  ['names no target and no metric this time', {}, { target: null, metrics: [] }, []],
  ['was gone', { goneSince: NOW - 60 * MINUTE }, {}, [{ goneSince: null }]],
])('an HPA that %s is written where that is news', (_, known, shown, facts) => {
  const written = presence()([{ ...KNOWN, ...known }], survey({ ...SHOWN, ...shown }), NOW);
  expect(written).toHaveLength(facts.length);
  expect(written).toMatchObject(facts);
});

test('when an HPA was seen last is written once it is not seen, to the minute and once', () => {
  const follow = presence();
  expect(follow([KNOWN], survey(SHOWN), NOW)).toEqual([]);
  expect(follow([KNOWN], survey(), NOW + MINUTE)).toEqual([{ ...key, seenAt: NOW }]);
  const absent = { ...KNOWN, seenAt: NOW };
  expect(follow([absent], survey(), NOW + 2 * MINUTE)).toEqual([]);
  expect(follow([absent], survey(), NOW + 11 * MINUTE)).toEqual([{ ...key, goneSince: NOW + MINUTE }]);
});
