import { expect, test } from '@jest/globals';
import { scheduleModel } from './model';
import { clusterOf, timeslotsOf } from './timeslots.fixture';

test('lanes are rows and turns are columns; an empty place stays empty', () => {
  const { lanes } = scheduleModel(timeslotsOf([['prod', 'stage'], ['lab', null]], 25, 0)); // prettier-ignore
  expect(lanes.map(({ port, cells }) => [port, ...cells.map((cell) => cell?.cluster ?? null)])).toEqual([
    [55_553, 'prod', 'lab'],
    [55_554, 'stage', null],
  ]);
});

test.each([
  [1, [[0, 100]]],
  [
    2,
    [
      [0, 50],
      [50, 50],
    ],
  ],
  [
    4,
    [
      [0, 25],
      [25, 25],
      [50, 25],
      [75, 25],
    ],
  ],
])('%i turns share the width of the cycle', (count, expected) => {
  // prettier-ignore
  const names = Array.from({ length: count }, (_, index) => [`c${index}`, null]);
  const { turns } = scheduleModel(timeslotsOf(names, 20, 0));
  expect(turns.map(({ leftPercent, widthPercent }) => [leftPercent, widthPercent])).toEqual(expected);
});

test('nothing watched is no cycle, and no error', () => {
  expect(scheduleModel(timeslotsOf([], 30, 0))).toMatchObject({ cycleStartedAt: null, cycleMs: 0, turns: [] });
});

test('a cluster that was just added waits for its turn', () => {
  const answer = timeslotsOf([['prod', null]], 30, 0);
  const { waiting } = scheduleModel({ ...answer, clusters: [...answer.clusters, clusterOf('new', null, 55_554)] });
  expect(waiting.map(({ cluster }) => cluster)).toEqual(['new']);
});
