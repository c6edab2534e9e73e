import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { parseInstant, parseWhen } from './when.ts';

const AT = Date.UTC(2026, 2, 1, 14, 5);

test.each([
  ['2026-03-01', Date.UTC(2026, 2, 1)],
  ['2026-03-01T14:05', AT],
  ['2026-03-01 14:05:00', AT],
  ['2026-03-01T14:05:00Z', AT],
  ['2026-03-01T14:05:30.250Z', AT + 30_250],
  ['2026-03-01T15:05:00+01:00', AT],
  ['2026-03-01T12:35-0130', AT],
  [String(AT / 1_000), AT],
  [`${AT / 1_000}.5`, AT + 500],
  [String(AT), AT],
])('%s is an instant', (text, expected) => {
  expect(parseInstant(text)).toBe(expected);
});

test.each(['', '5', 'yesterday', '2026-02-31', '2026-13-01', '2026-03-01T25:00', '01.03.2026', '-1', '1e12', '3d'])(
  '%j is no instant',
  (text) => {
    expect(parseInstant(text)).toBeNull();
  },
);

test.each([
  ['now', 0],
  ['3d ago', 3 * DAY],
  ['3d', 3 * DAY],
  ['1h30m ago', HOUR + 30 * MINUTE],
])('%s is counted back from now', (text, agoMs) => {
  expect(parseWhen(text, AT)).toBe(AT - agoMs);
});

test.each(['ago', '3x ago', '99999999d', 'tomorrow'])('%j is no time', (text) => {
  expect(parseWhen(text, AT)).toBeNull();
});
