import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { judgingSpan, rangesOf, type JudgingBounds } from './judging-span.ts';

type Minutes = { judged: number; scanned: number; gaps?: [number, number][]; oldest?: number; waits?: boolean };
const bounds = ({ judged, scanned, gaps = [], oldest = -1_000, waits = true }: Minutes): JudgingBounds => ({
  judgedUntil: judged * MINUTE,
  scannedUntil: scanned * MINUTE,
  gaps: gaps.map(([from, to]) => ({ from: from * MINUTE, to: to * MINUTE })),
  oldest: oldest * MINUTE,
  waits,
});

test.each<[string, Minutes, [after: number, until: number, isWaiting: boolean]]>([
  ['all that was scanned', { judged: 10, scanned: 12 }, [10, 12, false]],
  ['up to an open gap', { judged: 10, scanned: 500, gaps: [[20, 400]] }, [10, 19, true]],
  [
    'up to the first of several',
    {
      judged: 10,
      scanned: 500,
      gaps: [
        [300, 400],
        [20, 90],
      ],
    },
    [10, 19, true],
  ],
  ['nothing where the gap follows at once', { judged: 10, scanned: 500, gaps: [[9, 400]] }, [10, 8, true]],
  ['past a gap that lies behind', { judged: 410, scanned: 500, gaps: [[20, 400]] }, [410, 500, false]],
  [
    'past a gap that is not waited for',
    { judged: 10, scanned: 500, gaps: [[20, 400]], waits: false },
    [10, 500, false],
  ],
  ['nothing older than can be judged', { judged: 10, scanned: 500, oldest: 100 }, [100, 500, false]],
  ['past a gap that is too old', { judged: 10, scanned: 500, oldest: 450, gaps: [[20, 400]] }, [450, 500, false]],
])('judged is %s', (_what, minutes, [after, until, isWaiting]) => {
  expect(judgingSpan(bounds(minutes))).toEqual({ after: after * MINUTE, until: until * MINUTE, isWaiting });
});

const ranges = (...spans: [after: number, until: number][]) =>
  rangesOf(spans.map(([after, until]) => ({ after: after * MINUTE, until: until * MINUTE }))).map(({ from, to }) => [
    from / MINUTE,
    to / MINUTE,
  ]);

test.each<[string, [number, number][], number[][]]>([
  [
    'nothing new',
    [
      [10, 10],
      [20, 8],
    ],
    [],
  ],
  [
    'one minute',
    [
      [10, 11],
      [11, 11],
    ],
    [[11, 11]],
  ],
  [
    'from the one furthest behind',
    [
      [0, 11],
      [10, 11],
    ],
    [[1, 11]],
  ],
  [
    'in pieces of an hour',
    [[0, 130]],
    [
      [1, 60],
      [61, 120],
      [121, 130],
    ],
  ],
])('ranges of %s', (_what, spans, expected) => {
  expect(ranges(...spans)).toEqual(expected);
});
