import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasValue, SPEC_COLUMNS, VALUE_COLUMNS, type Sample } from '../domain/sample.ts';
import { isEmptyRow, normaliseRows, packSamples, unpackSamples, WIDTH } from './packed.ts';
import { sample } from './sample.fixture.ts';

const maybe = fc.option(fc.oneof(fc.integer({ min: -5, max: 5 }), fc.double({ noNaN: true, min: -1e30, max: 1e30 })), {
  nil: null,
});
const columns = Object.fromEntries([...VALUE_COLUMNS, ...SPEC_COLUMNS].map((column) => [column, maybe]));
const anySample = fc.record({
  ts: fc.integer({ min: 0, max: 2e12 }),
  ...columns,
  cpuBasis: fc.constantFrom('request', 'core', null),
  approximate: fc.boolean(),
}) as unknown as fc.Arbitrary<Sample>;

test('samples come out of the packed form as they went in', () => {
  fc.assert(
    fc.property(fc.array(anySample), (samples) => expect(unpackSamples(packSamples(samples))).toEqual(samples)),
  );
});

test.each([Infinity, -Infinity, NaN, 1e31])(
  '%d is no value: it does not cross the thread, in either direction',
  (value) => {
    expect(
      unpackSamples(packSamples([sample(60_000, { cpuCurrent: value, replicasMax: value, replicasCurrent: 1 })])),
    ).toEqual([sample(60_000, { replicasCurrent: 1 })]);
    const rows = packSamples([sample(60_000, { replicasCurrent: 1 })]);
    rows[1] = value;
    expect(unpackSamples(rows)).toEqual([sample(60_000, { replicasCurrent: 1 })]);
  },
);

test('a packed row is empty exactly when its sample has no value', () => {
  fc.assert(fc.property(anySample, (one) => expect(isEmptyRow(packSamples([one]), 0)).toBe(!hasValue(one))));
});

test('rows come out ascending, without doubles and empty ones', () => {
  fc.assert(
    fc.property(fc.array(anySample, { maxLength: 30 }), (samples) => {
      const times = unpackSamples(normaliseRows(packSamples(samples))).map(({ ts }) => ts);
      const wanted = new Set(samples.filter(hasValue).map(({ ts }) => ts));
      expect(times).toEqual([...wanted].sort((a, b) => a - b));
    }),
  );
});

test('of two rows of one time the later one wins, completed by the earlier', () => {
  const rows = packSamples([
    sample(7, { cpuCurrent: 1, replicasMin: 2, approximate: true }),
    sample(7, { cpuCurrent: 3, replicasCurrent: 4 }),
  ]);
  const [only] = unpackSamples(normaliseRows(rows));
  expect(only).toEqual(sample(7, { cpuCurrent: 3, replicasCurrent: 4, replicasMin: 2, approximate: false }));
});

test('rows in good order are not copied', () => {
  const rows = packSamples([sample(1, { cpuCurrent: 1 }), sample(2, { cpuCurrent: 1 })]);
  expect(normaliseRows(rows)).toBe(rows);
  expect(rows).toHaveLength(2 * WIDTH);
});
