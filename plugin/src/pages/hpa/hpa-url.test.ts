import { expect, test } from '@jest/globals';
import { fromTimeRange, hpaViewQuery, isLive, moveRange, parseHpaView, toTimeRange, type Move } from './hpa-url';

const DEFAULT = { tab: 'now', from: 'now-6h', to: 'now', timeZone: null, refresh: '30s', anomaly: null };

test.each(['', '?from=yesterday&to=now&tab=odd&refresh=1ms', '?from=now-6h', '?from=1&to=now'])(
  '%p shows the default',
  (search) => {
    expect(parseHpaView(search)).toEqual(DEFAULT);
  },
);

test('the default leaves nothing in the address', () => {
  expect(Object.values(hpaViewQuery(parseHpaView(''))).every((value) => value === null)).toBe(true);
});

test.each(['tab=history&from=now-7d&to=now&timezone=utc&refresh=&anomaly=7-x', 'from=1767600000000&to=1767610000000'])(
  '%s is read and written the same',
  (search) => {
    const written = Object.entries(hpaViewQuery(parseHpaView(search))).filter(
      (pair): pair is [string, string] => pair[1] !== null,
    );
    expect(Object.fromEntries(written)).toEqual(Object.fromEntries(new URLSearchParams(search)));
  },
);

test('the picker gives back what it was given', () => {
  const shown = { from: 'now-3h', to: '1767610000000' };
  expect(fromTimeRange(toTimeRange(shown, 'utc'))).toEqual(shown);
});

test('an absolute range is that range', () => {
  const { from, to } = toTimeRange({ from: '1767600000000', to: '1767610000000' }, 'utc');
  expect([from.valueOf(), to.valueOf()]).toEqual([1_767_600_000_000, 1_767_610_000_000]);
});

test.each<[Move, { from: string; to: string }]>([
  ['backward', { from: '950', to: '1050' }],
  ['forward', { from: '1020', to: '1120' }],
  ['out', { from: '950', to: '1120' }],
])('%s moves by half, never beyond now', (move, expected) => {
  expect(moveRange({ from: 1_000, to: 1_100 }, move, 1_120)).toEqual(expected);
});

test.each([
  ['now', true],
  ['now/d', true],
  ['1767610000000', false],
])('a range to %s is live: %p', (to, expected) => {
  expect(isLive({ to })).toBe(expected);
});
