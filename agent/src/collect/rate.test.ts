import { expect, test } from '@jest/globals';
import { estimateBackfillMs, withMeasure, type BackfillMeasure } from './rate.ts';

test.each<[string, BackfillMeasure[], number, number]>([
  ['nothing measured: three seconds a group', [], 51, 6_000],
  ['nothing queued', [{ hpas: 1, durationMs: 300 }], 0, 0],
  ['singles of 300 ms, one more', [{ hpas: 1, durationMs: 300 }], 1, 300],
  ['a group of 50 in 5 s, a whole group', [{ hpas: 50, durationMs: 5_000 }], 50, 5_000],
  [
    'a line through both sizes',
    [
      { hpas: 1, durationMs: 300 },
      { hpas: 50, durationMs: 5_200 },
    ],
    25,
    2_700,
  ],
])('%s', (_what, measured, queued, expected) => {
  expect(estimateBackfillMs(measured, queued)).toBe(expected);
});

test('only the latest twenty measures are kept', () => {
  let measured: BackfillMeasure[] = [];
  for (let hpas = 1; hpas <= 30; hpas += 1) measured = withMeasure(measured, { hpas, durationMs: 1 });
  expect(measured.map(({ hpas }) => hpas)).toEqual(Array.from({ length: 20 }, (_, i) => i + 11));
});
