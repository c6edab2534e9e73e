import { expect, test } from '@jest/globals';
import { clockAheadMs, clockCorrectionMs, positionMs, settledAheadMs, turnAt } from './cycle';
import { scheduleModel } from './model';
import { CYCLE_START, timeslotsOf } from './timeslots.fixture';

const answer = timeslotsOf([['a', 'b'], ['c', null]], 25, 40); // prettier-ignore
const model = scheduleModel(answer);

test.each([
  [0, 0, 0, 25_000],
  [24_999, 24_999, 0, 1],
  [25_000, 25_000, 1, 25_000],
  [50_000, 0, 0, 25_000],
  [3 * 50_000 + 32_000, 32_000, 1, 18_000],
  [-1_000, 49_000, 1, 1_000],
])('%i ms after the start the cycle is at %i ms: turn %i for another %i ms', (after, at, index, leftMs) => {
  const position = positionMs(model, CYCLE_START + after);
  expect(position).toBe(at);
  expect(turnAt(model.turns, position)).toMatchObject({ turn: { index }, leftMs });
});

test('without clusters it is nobody’s turn', () => {
  expect(turnAt([], positionMs(scheduleModel(timeslotsOf([], 30, 0)), CYCLE_START))).toBeNull();
});

test('clocks that differ are told from the place in the cycle', () => {
  expect(clockAheadMs(answer, CYCLE_START + 20_000)).toBe(0);
  expect(clockAheadMs(answer, CYCLE_START - 40_000)).toBe(60_000);
  expect(clockAheadMs(timeslotsOf([], 30, 0), CYCLE_START)).toBeNull();
});

test('a late answer does not turn the clock back', () => {
  const seen = [60_000, 41_000, null, 60_400].reduce<number | null>(settledAheadMs, null);
  expect(seen).toBe(60_400);
});

test.each([
  [null, 0],
  [1_500, 0],
  [-1_999, 0],
  [60_000, 60_000],
])('a clock %p ms ahead is corrected by %p ms', (ahead, correction) => {
  expect(clockCorrectionMs(ahead)).toBe(correction);
});
