import { describe, expect, test } from '@jest/globals';
import type { SoakResult } from './run.ts';
import type { SoakRow } from './sampling.ts';
import { judge, problemsOf, theilSen } from './verdict.ts';

const row = (hour: number, over: Partial<SoakRow> = {}): SoakRow => ({
  hour,
  rss_mib: 600,
  heap_mib: 100,
  external_mib: 20,
  handles: 12,
  resources: 14,
  fds: 60,
  threads: 9,
  children: 0,
  loop_p99_ms: 14,
  cpu_cores: 0.2,
  wal_mib: 5,
  db_mib: 17,
  samples: 200_000,
  ...over,
});
const hours = Array.from({ length: 145 }, (_, i) => i / 6);
const rowsWith = (over: (hour: number) => Partial<SoakRow>): SoakRow[] => hours.map((hour) => row(hour, over(hour)));
const grown = (rows: SoakRow[]): string[] => judge(rows).flatMap(({ figure, flat }) => (flat ? [] : [figure]));

describe('the slope of Theil and Sen', () => {
  test.each([
    ['a line', [0, 2, 4, 6, 8], 2],
    ['a line with one wild point', [0, 2, 400, 6, 8], 2],
    ['no change', [5, 5, 5, 5], 0],
    ['a single point', [5], 0],
  ])('%s', (_, ys, slope) => {
    expect(theilSen(ys.map((y, x) => ({ x, y })))).toBeCloseTo(slope, 9);
  });
});

describe('what is flat', () => {
  test.each<[string, (hour: number) => Partial<SoakRow>, string[]]>([
    ['nothing moves', () => ({}), []],
    ['memory that only grows while the agent warms up', (hour) => ({ rss_mib: Math.min(600, 200 + 80 * hour) }), []],
    ['the saw teeth of a collector', (hour) => ({ heap_mib: 60 + ((hour * 6) % 7) * 12 }), []],
    ['a descriptor more every three hours', (hour) => ({ fds: 60 + Math.floor(hour / 3) }), ['fds']],
    ['five megabytes an hour', (hour) => ({ rss_mib: 600 + 5 * hour }), ['rss_mib']],
    ['a child that stays', (hour) => ({ children: Math.floor(hour / 6) }), ['children']],
    ['tables that retention does not hold', (hour) => ({ samples: 200_000 + 12_000 * hour }), ['samples']],
    ['an event loop that gets slower', (hour) => ({ loop_p99_ms: 14 + hour }), ['loop_p99_ms']],
    ['a figure that is not known', () => ({ fds: NaN }), ['fds']],
    ['streams that are open now and then', (hour) => ({ handles: 8 + Math.floor(hour / 3) }), []],
  ])('%s', (_, over, figures) => {
    expect(grown(rowsWith(over))).toEqual(figures);
  });
});

describe('what is wrong with a soak', () => {
  const good: SoakResult = {
    rows: rowsWith(() => ({})),
    minutes: { wanted: 1_000, stored: 1_000, missing: [] },
    scans: { ok: 990, failed: 10 },
    notifications: { sent: 30, retry: 3, given_up: 0 },
    taken: 30,
    life: { reads: 1, streams: 1, events: 1, enrolments: 1, clusters: 1, outages: 2, wrong: [] },
    rest: { before: { fds: 40, handles: 9, threads: 9 }, after: { fds: 40, handles: 9, threads: 9 } },
    exit: { code: 0, ms: 100 },
    complaints: {},
    wallMs: 1,
  };
  test.each<[string, Partial<SoakResult>, string[]]>([
    ['nothing', {}, []],
    [
      'minutes that are missing',
      { minutes: { wanted: 1_000, stored: 998, missing: ['prod/shop/api 12:00'] } },
      ['2 minutes are missing, such as prod/shop/api 12:00'],
    ],
    ['nothing was looked at', { minutes: { wanted: 0, stored: 0, missing: [] } }, ['no minute was looked at']],
    [
      'late scans',
      { scans: { ok: 960, overrun: 40 } },
      ['40 of 1000 scans were late: the run was too fast for this machine'],
    ],
    ['few late scans', { scans: { ok: 990, overrun: 10 } }, []],
    ['a notification that did not arrive', { taken: 29 }, ['30 notifications were sent, 29 arrived']],
    ['one given up', { notifications: { sent: 30, given_up: 1 } }, ['1 notifications were given up']],
    ['a call that failed', { life: { ...good.life, wrong: ['GET /x 500'] } }, ['a call failed: GET /x 500']],
    ['a handle', { rest: { ...good.rest, after: { fds: 40, handles: 11, threads: 9 } } }, ['2 handles stayed open']],
    [
      'descriptors',
      { rest: { ...good.rest, after: { fds: 42, handles: 9, threads: 9 } } },
      ['2 descriptors stayed open'],
    ],
    ['the descriptors of a worker', { rest: { ...good.rest, after: { fds: 45, handles: 9, threads: 10 } } }, []],
    ['workers', { rest: { ...good.rest, after: { fds: 50, handles: 9, threads: 11 } } }, ['2 threads stayed']],
    ['a bad end', { exit: { code: 1, ms: 100 } }, ['the agent ended with 1']],
  ])('%s', (_, over, problems) => {
    expect(problemsOf({ ...good, ...over })).toEqual(problems);
  });
});
