import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import {
  alarmsOf,
  chanceRecall,
  delayOf,
  eventsOf,
  lengthOutside,
  medianOf,
  recallOf,
  verdictOf,
  type Alert,
  type Case,
  type Label,
} from '../bench/detection/score.ts';

const at = (minutes: number) => minutes * MINUTE;
const alert = (start: number, end: number | null, kind = 'cpu_deviation'): Alert => ({
  kind,
  start: at(start),
  end: end === null ? null : at(end),
});
const label = (start: number, end: number, expected = ['cpu_deviation']): Label => ({
  kind: 'upstream_outage',
  start: at(start),
  end: at(end),
  expected,
});
const caseOf = (alerts: Alert[], labels: Label[] = [label(100, 140)]): Case => ({
  hpa: 'lab/payments/api',
  from: 0,
  to: DAY,
  labels,
  neutral: [],
  alerts,
});
const all = () => true;

test('alerts closer than 15 minutes are one event, of whatever kind', () => {
  const events = eventsOf([alert(60, 70), alert(0, 10), alert(24, 30, 'maxed_out'), alert(45, 50)]);
  expect(events).toEqual([alert(0, 30), alert(45, 50), alert(60, 70)].slice(0, 1).concat(alert(45, 70)));
});

test('an alert within another makes its event no shorter', () => {
  expect(eventsOf([alert(0, 60), alert(10, 20), alert(70, 80)])).toEqual([alert(0, 80)]);
});

test('what follows an alert that never closes belongs to it', () => {
  expect(eventsOf([alert(0, null), alert(600, 610)])).toEqual([alert(0, null)]);
});

test.each([
  [alert(100, 101), 0],
  [alert(104, 200), 4],
  [alert(150, 151), 50],
  [alert(151, 152), null],
  [alert(99, 120), null],
  [alert(110, null), null],
])('an alert %j finds the label of 100 to 140 after %j minutes', (one, minutes) => {
  expect(delayOf(label(100, 140), [one])).toBe(minutes === null ? null : at(minutes));
});

test('the first of several alerts counts', () => {
  expect(delayOf(label(100, 140), [alert(130, 131), alert(103, 105)])).toBe(at(3));
});

test.each([
  [alert(90, 99), false],
  [alert(90, 101), true],
  [alert(199, 205), true],
  [alert(200, 205), false],
  [alert(20, null), true],
  [alert(300, 310), null],
])('with a label of 100 to 140 and a changed setting from 290 on, the verdict of %j is %j', (one, verdict) => {
  const neutral = [{ start: at(290), end: at(320) }];
  expect(verdictOf(one, { labels: [label(100, 140)], neutral })).toBe(verdict);
});

test('a label is found though its alert names it wrongly, and that is told', () => {
  const cases = [caseOf([alert(103, 120, 'oscillation')]), caseOf([alert(105, 120)])];
  expect(recallOf(cases, all)).toEqual({ labels: 2, found: 2, namedRightly: 1, delays: [at(3), at(5)] });
});

test('an alert that was on already finds nothing', () => {
  expect(recallOf([caseOf([alert(80, 95), alert(105, 120)])], all).found).toBe(0);
});

test('labels outside the judged time are not counted, but excuse alerts', () => {
  const one = { ...caseOf([alert(110, 190)]), from: at(120) };
  expect(recallOf([one], all).labels).toBe(0);
  expect(alarmsOf([one])).toMatchObject({ falseAlarms: 0, minutesOutside: 50, minutesOutsideRecovery: 0 });
});

test('false alarms and minutes are told of the judged time alone', () => {
  const one = caseOf([alert(600, 604), alert(700, 702), alert(2_000, 2_010)]);
  expect(alarmsOf([one])).toEqual({
    events: 2,
    falseAlarms: 2,
    neutral: 0,
    hpaDays: 1,
    minutesOutside: 6,
    minutesOutsideRecovery: 6,
  });
});

test('alarms of one kind are those of its own alerts', () => {
  const one = caseOf([alert(600, 604), alert(105, 110, 'maxed_out')]);
  expect(alarmsOf([one], 'maxed_out')).toMatchObject({ events: 1, falseAlarms: 0 });
  expect(alarmsOf([one], 'cpu_deviation')).toMatchObject({ events: 1, falseAlarms: 1 });
});

test.each([
  ['is silent', [] as Alert[], 0],
  ['never closes', [alert(0, null)], 0],
  ['speaks each half hour', Array.from({ length: 60 }, (_, n) => alert(n * 30, n * 30 + 5)), 1],
])('what %s finds moved labels by chance in this share', (_, alerts, share) => {
  expect(chanceRecall([caseOf(alerts, [label(100, 200)])], all)).toBeCloseTo(share, 6);
});

test('time is counted once, however many alerts there are', () => {
  const spans = [
    { start: 0, end: 10 },
    { start: 5, end: 20 },
    { start: 40, end: 50 },
  ];
  expect(lengthOutside(spans, [{ start: 8, end: 12 }])).toBe(26);
  expect(lengthOutside(spans, [])).toBe(30);
});

test.each([
  [[], null],
  [[3], 3],
  [[1, 2, 9], 2],
  [[1, 2, 4, 9], 3],
])('the median of %j is %j', (values, median) => {
  expect(medianOf(values)).toBe(median);
});

const spans = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 1_300 }), fc.integer({ min: 1, max: 60 })), { maxLength: 12 })
  .map((pairs) => pairs.map(([start, length]) => ({ start, end: start + length })));

test('whatever the alerts, moving all times moves nothing else', () => {
  fc.assert(
    fc.property(spans, spans, fc.integer({ min: -500, max: 500 }), (alerts, labels, days) => {
      const build = (shift: number): Case => ({
        hpa: 'lab/payments/api',
        from: shift,
        to: shift + DAY,
        neutral: [],
        labels: labels.map(({ start, end }) => ({
          ...label(start, end),
          start: shift + at(start),
          end: shift + at(end),
        })),
        alerts: alerts.map(({ start, end }) => ({
          kind: 'cpu_deviation',
          start: shift + at(start),
          end: shift + at(end),
        })),
      });
      const [here, there] = [[build(0)], [build(days * HOUR)]];
      expect(recallOf(there, all)).toEqual(recallOf(here, all));
      expect(alarmsOf(there)).toEqual(alarmsOf(here));
    }),
  );
});

test('events keep at least 15 minutes between them and cover every alert', () => {
  fc.assert(
    fc.property(spans, (list) => {
      const alerts = list.map(({ start, end }) => alert(start, end));
      const events = eventsOf(alerts);
      events.slice(1).forEach((event, n) => expect(event.start - (events[n]?.end ?? 0)).toBeGreaterThanOrEqual(at(15)));
      for (const { start, end } of alerts) {
        expect(events.some((event) => event.start <= start && (event.end ?? 0) >= (end ?? 0))).toBe(true);
      }
    }),
  );
});
