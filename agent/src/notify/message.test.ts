import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { groupFiring, worst } from './group.ts';
import { firingMessage, resolvedMessage } from './message.ts';
import { anomaly, message, NOW } from './notify.fixture.ts';

const messageOf = (...anomalies: ReturnType<typeof anomaly>[]) => {
  const [group] = groupFiring(anomalies);
  if (group === undefined) throw new Error('nothing fires');
  return firingMessage({ group, heard: group.members, severity: worst(group.members), before: null, replaces: null });
};

test('one anomaly speaks for itself, the others under it are named', () => {
  const told = messageOf(
    anomaly('a', { parentId: 'p', startedAt: NOW - 9 * MINUTE, firedAt: NOW - 7 * MINUTE }),
    anomaly('p', { kind: 'maxed_out', severity: 'critical', sentence: 'Replicas are at max (12).', score: 1 }),
  );
  expect(told).toMatchObject({
    subject: 'p',
    severity: 'critical',
    kind: 'maxed_out',
    title: '[critical] maxed out: payments/api (prod)',
    sentence: 'Replicas are at max (12).',
    startedAt: NOW - 9 * MINUTE,
    firedAt: NOW - 7 * MINUTE,
    relatedTotal: 1,
    related: [{ kind: 'cpu_deviation', severity: 'warning' }],
  });
});

test('many HPAs are counted, the kinds named, the strongest quoted', () => {
  const of = (hpaId: number, kind: 'cpu_deviation' | 'maxed_out', score: number) =>
    anomaly(`${kind}${hpaId}`, { hpaId, kind, score, clusterEventId: 'e', sentence: `Score ${score}.` });
  const told = messageOf(of(1, 'cpu_deviation', 5), of(2, 'cpu_deviation', 9), of(2, 'maxed_out', 1));
  expect(told).toMatchObject({
    subject: 'e',
    namespace: null,
    hpa: null,
    kind: null,
    title: '[warning] 2 HPAs depart together (prod)',
    sentence:
      '2 HPAs of prod left the usual at about the same time: CPU deviation 2, maxed out 1. payments/api: Score 9.',
    relatedTotal: 3,
  });
});

test('at most twenty others are listed', () => {
  const children = Array.from({ length: 30 }, (_, i) => anomaly(`c${i}`, { parentId: 'p' }));
  const told = messageOf(anomaly('p', { severity: 'critical' }), ...children);
  expect([told.related.length, told.relatedTotal]).toEqual([20, 30]);
});

test('the end says how long it was, and never lies before the beginning', () => {
  const told = message();
  expect(resolvedMessage(told, told.startedAt + 35 * MINUTE)).toMatchObject({
    event: 'resolved',
    endedAt: told.startedAt + 35 * MINUTE,
    title: '[resolved] CPU deviation: payments/api (prod)',
    sentence: `Over after 35m. It was: ${told.sentence}`,
  });
  expect(resolvedMessage(told, 0).endedAt).toBe(told.startedAt);
});

test('a message about nobody is refused', () => {
  const group = { subject: 'a', isClusterEvent: false, members: [] };
  expect(() => firingMessage({ group, heard: [], severity: 'info', before: null, replaces: null })).toThrow(RangeError);
});
