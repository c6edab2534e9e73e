import { expect, test } from '@jest/globals';
import { dayOf, isWeekend, wallClockMs, weekdayOf, startOfDay } from './local-time.ts';

const AT = Date.UTC(2026, 6, 1, 22, 10);

test.each([
  ['UTC', '2026-07-01T22:10'],
  ['Europe/Berlin', '2026-07-02T00:10'],
  ['America/St_Johns', '2026-07-01T19:40'],
  ['Asia/Kathmandu', '2026-07-02T03:55'],
])('in %s it is %s', (zone, text) => {
  expect(new Date(wallClockMs(AT, zone)).toISOString().slice(0, 16)).toBe(text);
});

test('the hour that comes twice, and the one that never comes', () => {
  const at = (month: number, day: number, hour: number) =>
    new Date(wallClockMs(Date.UTC(2026, month, day, hour, 30), 'Europe/Berlin')).getUTCHours();
  expect([at(9, 25, 0), at(9, 25, 1), at(2, 29, 0), at(2, 29, 1)]).toEqual([2, 2, 1, 3]);
});

test('days and weekdays', () => {
  expect(weekdayOf(0)).toBe(4);
  expect(weekdayOf(Date.UTC(2026, 10, 23))).toBe(1);
  expect(isWeekend(Date.UTC(2026, 10, 22))).toBe(true);
  expect(dayOf(-1)).toBe(-1);
});

test('an unknown zone is refused', () => {
  expect(() => wallClockMs(AT, 'Mars/Olympus')).toThrow(RangeError);
});

// The hours of a day are those between its first instant and the next one's.
test.each([
  ['UTC', '2026-03-29', '2026-03-29T00:00:00.000Z', 24],
  ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', 23],
  ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', 25],
  ['Asia/Kolkata', '2026-01-05', '2026-01-04T18:30:00.000Z', 24],
  ['Pacific/Kiritimati', '2026-01-05', '2026-01-04T10:00:00.000Z', 24],
  ['Pacific/Pago_Pago', '2026-01-05', '2026-01-05T11:00:00.000Z', 24],
  // Clocks go forward at midnight: the day begins at one.
  ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', 23],
])('the day in %s that is called %s begins at %s and has %i hours', (timezone, date, start, hours) => {
  const day = dayOf(Date.parse(`${date}T00:00:00Z`));
  const from = startOfDay(day, timezone);
  expect(new Date(from).toISOString()).toBe(start);
  expect((startOfDay(day + 1, timezone) - from) / 3_600_000).toBe(hours);
});
