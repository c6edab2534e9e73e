import { describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import type { Anomaly, AnomalyKind, Finding } from '../domain/anomaly.ts';
import { emptySample } from '../domain/sample.ts';
import { KEY, MONDAY, story, watch, type Twist } from './hpa-story.fixture.ts';
import { DEFAULT_LIMITS } from './limits.ts';
import { advance, type Transition } from './lifecycle.ts';

const finding = (minute: number, rest: Partial<Finding> = {}): Finding => ({
  kind: 'scaling_inactive',
  severity: 'critical',
  at: MONDAY + minute * MINUTE,
  level: 'enter',
  metric: null,
  direction: null,
  observed: 0,
  band: null,
  score: 1,
  facts: {},
  ...rest,
});

const context = {
  hpaId: 7,
  key: KEY,
  limits: DEFAULT_LIMITS,
  describe: () => ({ sentence: 'It cannot compute.', advice: null, promql: 'up' }),
};

/** Minutes with a letter each: E enter, h hold, . nothing, ? not known, ! over, space no sample. What changed, by minute. */
function play(
  text: string,
  known: Anomaly[] = [],
  kind: AnomalyKind = 'scaling_inactive',
): { changes: string[]; known: Anomaly[]; transitions: Transition[] } {
  const changes: string[] = [];
  const transitions: Transition[] = [];
  [...text].forEach((letter, minute) => {
    if (letter === ' ') return;
    const at = MONDAY + minute * MINUTE;
    const level = letter === 'E' ? ('enter' as const) : ('hold' as const);
    const findings = 'Eh'.includes(letter) ? [finding(minute, { kind, level })] : [];
    const [unknown, over] = [letter === '?' ? [kind] : [], letter === '!' ? [kind] : []];
    const moved = advance(known, { at, findings, unknown, over }, context);
    known = moved.next;
    transitions.push(...moved.transitions);
    for (const { change } of moved.transitions) if (change !== 'updated') changes.push(`${minute} ${change}`);
  });
  return { changes, known, transitions };
}

describe('by sample time', () => {
  test.each([
    ['needs its minutes', 'EEEE', ['0 pending', '2 fired']],
    ['a blip is dropped', 'EE....', ['0 pending', '4 dropped']],
    ['one missing sample does no harm', 'E EE', ['0 pending', '2 fired']],
    ['hold keeps it open but never opens it', 'hhhEEEhhhh', ['3 pending', '5 fired']],
    ['it closes after its quiet minutes', 'EEE..', ['0 pending', '2 fired', '4 resolved']],
    ['what is not known closes nothing', 'EEE?????E', ['0 pending', '2 fired']],
    [
      'coming back soon opens the same one',
      'EEE....EEE',
      ['0 pending', '2 fired', '4 resolved', '7 pending', '9 reopened'],
    ],
    [
      'coming back late opens another',
      `EEE${'.'.repeat(20)}EEE`,
      ['0 pending', '2 fired', '4 resolved', '23 pending', '25 fired'],
    ],
  ])('%s', (_, text, changes) => {
    expect(play(text).changes).toEqual(changes);
  });

  test.each([
    ['what may come again keeps its quiet minutes', `E${'.'.repeat(20)}`, ['0 fired', '20 resolved']],
    ['what is over for certain closes at once', 'E!!', ['0 fired', '2 resolved']],
    ['one sample that says so closes nothing', 'E!E...', ['0 fired']],
    ['over is no opening', '!!!', []],
  ])('a leak: %s', (_, text, changes) => {
    expect(play(text, [], 'memory_leak').changes).toEqual(changes);
  });

  test('it ends when it was seen last, not when the quiet minutes are over', () => {
    const { transitions } = play('EEEE..');
    const resolved = transitions.find(({ change }) => change === 'resolved');
    expect(resolved?.anomaly.endedAt).toBe(MONDAY + 3 * MINUTE);
  });

  test('opened again, it keeps its id, its start and its acknowledgement', () => {
    const before = play('EEE..');
    const acknowledged = before.known.map((anomaly) => ({ ...anomaly, acknowledgedAt: MONDAY }));
    const { known } = play('         EEE', acknowledged);
    expect(known).toHaveLength(1);
    expect(known[0]).toMatchObject({
      id: before.known[0]?.id,
      startedAt: MONDAY,
      acknowledgedAt: MONDAY,
      endedAt: null,
    });
  });
});

describe('one way and then the other', () => {
  /** u: over, enters; d: under, enters; h: under, holds. */
  const plays = (text: string) => {
    let known: Anomaly[] = [];
    const changes: string[] = [];
    [...text].forEach((letter, minute) => {
      const direction = letter === 'u' ? ('over' as const) : ('under' as const);
      const level = letter === 'h' ? ('hold' as const) : ('enter' as const);
      const seen = finding(minute, { kind: 'pressure_deviation', direction, level });
      const moved = advance(known, { at: seen.at, findings: [seen], unknown: [], over: [] }, context);
      known = moved.next;
      for (const { change } of moved.transitions) if (change !== 'updated') changes.push(`${minute} ${change}`);
    });
    return changes;
  };

  test.each([
    ['minutes on one side do not count for the other', 'uuddd', ['0 pending', '2 pending']],
    ['each side needs its own', 'uudddd', ['0 pending', '2 pending', '5 fired']],
    ['held open on the other side is over', 'uuhh', ['0 pending', '2 dropped']],
    ['what fires goes on', 'uuuudd', ['0 pending', '3 fired']],
  ])('%s', (_, text, changes) => {
    expect(plays(text)).toEqual(changes);
  });
});

const inactive: Twist = (minute) => (minute >= 30 && minute < 90 ? { scalingActive: 0 } : {});

test('a restart in the middle of an incident goes on with the same anomaly', () => {
  const samples = story(2, inactive);
  const whole = watch(samples);
  const first = watch(samples.slice(0, 60));
  // What is kept over a restart is plain data.
  const { state, known } = JSON.parse(JSON.stringify(first)) as typeof first;
  const second = watch(samples.slice(60), { state, known });
  expect(second.fired).toEqual(whole.fired);
  expect(second.fired[0]?.id).toBe(first.fired[0]?.id);
  expect(JSON.stringify(state).length).toBeLessThan(12_000);
});

test('the anomalies of one HPA stand under the strongest', () => {
  const lost: Twist = (minute, usual) =>
    minute >= 60 && minute < 90
      ? { scalingActive: 0, pressure: 3, cpuCurrent: 200, replicasDesired: usual.replicasCurrent }
      : {};
  const { known } = watch(story(1.3, lost));
  const firing = known.filter(({ state }) => state === 'firing');
  const [parent] = firing.filter(({ parentId }) => parentId === null);
  expect(firing.length).toBeGreaterThan(2);
  expect(firing.filter(({ parentId }) => parentId !== null).map(({ parentId }) => parentId)).toEqual(
    firing.slice(1).map(() => parent?.id),
  );
  expect(parent?.severity).toBe('critical');
});

test('telemetry that is lost closes nothing else', () => {
  const twist: Twist = (minute, { ts }) =>
    minute >= 40 && minute < 60 ? emptySample(ts) : minute >= 30 ? { scalingActive: 0 } : {};
  const { fired } = watch(story(1.2, twist, MONDAY + HOUR));
  expect(fired.filter(({ kind }) => kind === 'scaling_inactive')).toHaveLength(1);
});
