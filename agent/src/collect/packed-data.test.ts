import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { judge } from '../detect/judge.ts';
import { limitsFor } from '../detect/limits.ts';
import { newJudgeState, type JudgeState } from '../detect/memory.ts';
import { healthy, MONDAY } from '../detect/hpa-story.fixture.ts';
import { learn } from '../baseline/hpa-profile.ts';
import { pack, unpack } from './packed-data.ts';

test.each<[string, unknown]>([
  ['a number', 17.25],
  ['nothing', null],
  ['a word', 'load'],
  ['yes and no', [true, false]],
  ['an empty list', []],
  ['a list of numbers', [1, 2.5, -0.1, 1_767_225_600_123, Number.MAX_SAFE_INTEGER, 1e30, 5e-324]],
  ['a list with holes of knowledge', [1, null, 3]],
  ['a list of lists', [[1, 2], [], [3]]],
  ['a list of unlike things', [1, 'a', { b: 2 }, [3, 'c']]],
  ['lists of things with other keys', [{ a: 1 }, { a: 1, b: 2 }, { b: 'x' }, { b: 'y' }]],
  ['an empty object', { a: {}, b: [{}, {}] }],
  ['keys that need quotes', { 'a":[n],"b': 1, '__proto__ ': 2, ',': [3] }],
  ['lists beside each other', { a: [1, 2], b: [3], c: [], d: null, e: 4 }],
])('%s is the same once it was packed', (_, data) => {
  expect(unpack(pack(data))).toEqual(data);
});

test('keys without a value are dropped, as in JSON', () => {
  expect(Object.keys(unpack(pack({ a: 1, b: undefined })))).toEqual(['a']);
});

test('what a judge remembers is the same at every minute of a day, and takes 2 kB', () => {
  const HOURS = 30;
  const samples = Array.from({ length: HOURS * 60 }, (_, i) => healthy(MONDAY + i * MINUTE));
  const profile = learn(samples, { timezone: 'UTC' });
  const limits = limitsFor({ cluster: 'c', namespace: 'n', hpa: 'h' }, { defaults: {}, namespaces: {}, hpas: {} });
  let state: JudgeState = newJudgeState();
  for (const sample of samples) {
    const odd =
      sample.ts % (97 * MINUTE) === 0 ? { ...sample, replicasMax: 7 + (sample.ts % 5), memoryCurrent: null } : sample;
    state = judge(state, odd, profile, limits).state;
    const packed = pack(state);
    // As it is written: undefined is none of it.
    expect(JSON.stringify(unpack(packed))).toBe(JSON.stringify(state));
    expect(packed.numbers.byteLength).toBeLessThan(3_000);
  }
  expect(state.memoryPoints.length).toBeGreaterThan(5);
});

test('what is alike shares its shape, however long its lists are', () => {
  const [short, long] = [
    pack({ at: 1, list: [[1, 2]] }),
    pack({
      at: null,
      list: [
        [1, 2],
        [3, 4],
      ],
    }),
  ];
  expect(long.shape).toBe(short.shape);
});
