import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE } from '../core/clock.ts';
import { SEVERITIES, type Anomaly } from '../domain/anomaly.ts';
import type { NotificationDraft, NotificationMark } from '../domain/notification.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import { marksSince, planNotifications, type NotifyInput } from './decide.ts';
import { anomaly, marksAfter, NOW, receiver, receiversOf } from './notify.fixture.ts';

type Step = { anomalies: Anomaly[]; at?: number; muted?: Record<number, number> };

/** Passes one after another, each with the marks that the ones before left; what each said. */
function passes(receivers: NotifyReceiver[], steps: Step[]): string[][] {
  let marks: NotificationMark[] = [];
  return steps.map(({ anomalies, at = NOW, muted = {} }) => {
    const mutedUntil = new Map(Object.entries(muted).map(([id, until]) => [Number(id), until]));
    const input: NotifyInput = { cluster: 'prod', anomalies, marks, mutedUntil, receivers, now: at };
    const drafts = planNotifications(input);
    marks = marksAfter(marks, drafts);
    return drafts.filter(({ deliver }) => deliver).map(tell);
  });
}
const tell = ({ message: { subject, event, severity, replaces } }: NotificationDraft) =>
  `${subject} ${event} ${severity}${replaces === null ? '' : ` after ${replaces}`}`;

const resolved = (id: string, values: Partial<Anomaly> = {}) =>
  anomaly(id, { state: 'resolved', endedAt: NOW, ...values });
const critical = { severity: 'critical' as const };

test.each<[string, Step[], string[][]]>([
  [
    'a beginning once, and its end once',
    [{ anomalies: [anomaly('a')] }, { anomalies: [anomaly('a')] }, { anomalies: [resolved('a')] }, { anomalies: [] }],
    [['a firing warning'], [], ['a resolved warning'], []],
  ],
  ['nothing of what is pending', [{ anomalies: [anomaly('a', { state: 'pending' })] }], [[]]],
  [
    'a worse state, not a better one',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [anomaly('a', critical)] },
      { anomalies: [anomaly('a')] },
      { anomalies: [resolved('a')] },
    ],
    [['a firing warning'], ['a firing critical after warning'], [], ['a resolved critical']],
  ],
  [
    'nothing while muted, and what still fires when that ends',
    [
      { anomalies: [anomaly('a')], muted: { 1: NOW + 1 } },
      { anomalies: [anomaly('a')], muted: { 1: NOW } },
    ],
    [[], ['a firing warning']],
  ],
  [
    'the end of what was told, muted or not',
    [{ anomalies: [anomaly('a')] }, { anomalies: [resolved('a')], muted: { 1: NOW + 1 } }],
    [['a firing warning'], ['a resolved warning']],
  ],
  [
    'nothing more of what is acknowledged but its end',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [anomaly('a', { ...critical, acknowledgedAt: NOW })] },
      { anomalies: [resolved('a', { acknowledgedAt: NOW })] },
    ],
    [['a firing warning'], [], ['a resolved warning']],
  ],
  [
    'the end, as of now, of what left no trace',
    [{ anomalies: [anomaly('a')] }, { anomalies: [] }],
    [['a firing warning'], ['a resolved warning']],
  ],
  [
    'a parent and not its children',
    [
      { anomalies: [anomaly('p', { kind: 'maxed_out', ...critical }), anomaly('a', { parentId: 'p' })] },
      { anomalies: [resolved('p'), resolved('a', { parentId: 'p' })] },
    ],
    [['p firing critical'], ['p resolved critical']],
  ],
  [
    'nothing new when what was told comes under a parent of the same weight',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [anomaly('p', { kind: 'oscillation' }), anomaly('a', { parentId: 'p' })] },
    ],
    [['a firing warning'], []],
  ],
  [
    'a stronger parent of what was told',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [anomaly('p', { kind: 'maxed_out', ...critical }), anomaly('a', { parentId: 'p' })] },
      { anomalies: [anomaly('p', { kind: 'maxed_out', ...critical }), resolved('a', { parentId: 'p' })] },
    ],
    [['a firing warning'], ['p firing critical'], ['a resolved warning']],
  ],
  [
    'a parent as long as one of its children fires',
    [
      { anomalies: [anomaly('p', { kind: 'maxed_out' }), anomaly('a', { parentId: 'p' })] },
      { anomalies: [resolved('p'), anomaly('a', { parentId: 'p' })] },
      { anomalies: [resolved('a', { parentId: 'p' })] },
    ],
    [['p firing warning'], [], ['p resolved warning']],
  ],
  [
    'a departure of many HPAs once',
    [
      { anomalies: [1, 2, 3].map((hpaId) => anomaly(`a${hpaId}`, { hpaId, clusterEventId: 'e', score: 3 })) },
      { anomalies: [1, 2, 3, 4].map((hpaId) => anomaly(`a${hpaId}`, { hpaId, clusterEventId: 'e', score: 3 })) },
      { anomalies: [1, 2, 3].map((hpaId) => resolved(`a${hpaId}`, { hpaId, clusterEventId: 'e' })) },
    ],
    [['e firing warning'], [], ['e resolved warning']],
  ],
  [
    'that many depart, also where one was told already',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [anomaly('a', { clusterEventId: 'e' }), anomaly('b', { hpaId: 2, clusterEventId: 'e' })] },
    ],
    [['a firing warning'], ['e firing warning']],
  ],
  [
    'the same kind of an HPA again only after the cooldown, and then what fires still',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [resolved('a')], at: NOW + 5 * MINUTE },
      { anomalies: [anomaly('b')], at: NOW + 29 * MINUTE },
      { anomalies: [anomaly('b')], at: NOW + 30 * MINUTE },
    ],
    [['a firing warning'], ['a resolved warning'], [], ['b firing warning']],
  ],
  [
    'a worse one of the same kind, and other kinds, within the cooldown',
    [
      { anomalies: [anomaly('a')] },
      { anomalies: [resolved('a'), anomaly('b', critical)], at: NOW + MINUTE },
      { anomalies: [resolved('b'), anomaly('c', { kind: 'maxed_out' })], at: NOW + 2 * MINUTE },
    ],
    [['a firing warning'], ['b firing critical', 'a resolved warning'], ['c firing warning', 'b resolved critical']],
  ],
  ['no small deviation of one metric', [{ anomalies: [anomaly('a', { score: 3.9 })] }], [[]]],
  [
    'a critical one however small, and other kinds',
    [{ anomalies: [anomaly('a', { score: 3, ...critical }), anomaly('b', { kind: 'oscillation', score: 1 })] }],
    [['a firing critical', 'b firing warning']],
  ],
  [
    'small deviations where metrics of the HPA agree',
    [
      {
        anomalies: [anomaly('a', { score: 3 }), anomaly('b', { kind: 'replicas_deviation', score: 3, parentId: 'a' })],
      },
    ],
    [['a firing warning']],
  ],
])('it tells %s', (_, steps, wanted) => {
  expect(passes([receiver()], steps)).toEqual(wanted);
});

test.each<[string, Record<string, unknown>, string[]]>([
  ['severities', { minSeverity: 'critical' }, ['m firing critical']],
  ['kinds', { kinds: ['config_changed', 'cpu_deviation'], minSeverity: 'info' }, ['c firing info', 'd firing warning']],
  ['its clusters', { clusters: ['prod'] }, ['m firing critical', 'd firing warning']],
  ['no cluster of this one', { clusters: ['lab'] }, []],
])('a receiver hears only %s', (_, settings, wanted) => {
  const anomalies = [
    anomaly('m', { kind: 'maxed_out', ...critical }),
    anomaly('c', { kind: 'config_changed', severity: 'info' }),
    anomaly('d'),
  ];
  expect(passes([receiver(settings)], [{ anomalies }])).toEqual([wanted]);
});

test('a child is told by itself to who does not hear of its parent', () => {
  const anomalies = [anomaly('p', { kind: 'maxed_out', ...critical }), anomaly('a', { parentId: 'p' })];
  const steps = [{ anomalies }, { anomalies: anomalies.map((a) => ({ ...a, state: 'resolved' as const })) }];
  const told = passes([receiver({ kinds: ['cpu_deviation'] })], steps);
  expect(told).toEqual([['p firing warning'], ['p resolved warning']]);
});

test('who does not want to hear the end does not, and still hears the next', () => {
  const steps = [
    { anomalies: [anomaly('a')] },
    { anomalies: [resolved('a')] },
    { anomalies: [anomaly('b')], at: NOW + 31 * MINUTE },
  ];
  expect(passes([receiver({ sendResolved: false })], steps)).toEqual([['a firing warning'], [], ['b firing warning']]);
});

test('who refused the beginning is not told the end', () => {
  const receivers = [receiver()];
  const input = {
    cluster: 'prod',
    anomalies: [anomaly('a')],
    mutedUntil: new Map<number, number>(),
    receivers,
    now: NOW,
  };
  const marks = marksAfter([], planNotifications({ ...input, marks: [] })).map((mark) => ({ ...mark, givenUp: true }));
  const [end] = planNotifications({ ...input, anomalies: [resolved('a')], marks });
  expect(end).toMatchObject({ deliver: false, message: { event: 'resolved' } });
});

test('every receiver has its own memory, and marks are needed back to the longest cooldown', () => {
  const receivers = receiversOf(
    { type: 'slack', url: 'http://127.0.0.1:1', cooldown: '2h' },
    { type: 'alertmanager', url: 'http://127.0.0.1:1' },
  );
  expect(passes(receivers, [{ anomalies: [anomaly('a')] }])).toEqual([['a firing warning', 'a firing warning']]);
  expect(marksSince(receivers, NOW)).toBe(NOW - 120 * MINUTE);
  expect(marksSince([], NOW)).toBe(NOW);
});

test('whatever happens, no subject is told twice in one state, and every end follows a beginning', () => {
  const state = fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd'),
    state: fc.constantFrom('pending' as const, 'firing' as const, 'resolved' as const),
    severity: fc.constantFrom(...SEVERITIES),
    parentId: fc.constantFrom(null, 'a', 'b'),
    clusterEventId: fc.constantFrom(null, null, 'e'),
  });
  const pass = fc.uniqueArray(state, { selector: ({ id }) => id, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(pass, { maxLength: 12 }), (all) => {
      const steps = all.map((states, i) => ({
        anomalies: states.map(({ id, ...rest }) =>
          anomaly(id, { ...rest, endedAt: rest.state === 'resolved' ? NOW : null }),
        ),
        at: NOW + i * MINUTE,
      }));
      const rank = new Map<string, number>();
      for (const line of passes([receiver({ cooldown: '0s', minSeverity: 'info' })], steps).flat()) {
        const [subject = '', event, severity] = line.split(' ');
        const level = SEVERITIES.findIndex((name) => name === severity);
        if (event === 'firing') expect(level).toBeGreaterThan(rank.get(subject) ?? -1);
        else expect(rank.get(subject) ?? -1).toBe(level);
        rank.set(subject, event === 'firing' ? level : -1);
      }
    }),
  );
});
