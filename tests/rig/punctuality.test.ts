import { expect, test } from '@jest/globals';
import { punctualityOf, type Punctuality } from '../bench/load/punctuality.ts';

const SLOT = 30_000;
const slots = ['a', 'b', 'a', 'b'].map((cluster, i) => ({ clusters: [cluster], start: i * SLOT, end: (i + 1) * SLOT }));
const scan = (cluster: string, startedAt: number) => ({ cluster, result: 'ok', startedAt, endedAt: startedAt + 400 });

test.each<[string, [string, number][], Partial<Punctuality>]>([
  [
    'each scan begins with its slot',
    [
      ['a', 5],
      ['b', 30_000],
      ['a', 60_010],
      ['b', 90_020],
    ],
    { lateMs: [5, 0, 10, 20], lateStarts: 0, withoutScan: 0, longestGapMs: 60_020 },
  ],
  [
    'one begins two seconds late',
    [
      ['a', 5],
      ['b', 32_000],
      ['a', 60_010],
      ['b', 90_020],
    ],
    { lateMs: [5, 2_000, 10, 20], lateStarts: 1, withoutScan: 0 },
  ],
  [
    'a cluster is left out in the second cycle',
    [
      ['a', 5],
      ['b', 30_000],
      ['b', 90_020],
    ],
    { lateStarts: 0, withoutScan: 1, longestGapMs: 119_995 },
  ],
  [
    'a cluster is never scanned',
    [
      ['a', 5],
      ['a', 60_000],
    ],
    { withoutScan: 2, longestGapMs: 120_000 },
  ],
])('%s', (_, scans, wanted) => {
  const span = { from: 0, to: 120_000, clusters: ['a', 'b'] };
  const seen = scans.map(([cluster, at]) => scan(cluster, at));
  expect(punctualityOf(slots, seen, span)).toMatchObject(wanted);
});
