import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addCluster,
  applyMove,
  clustersByLane,
  emptyBoard,
  endpointOf,
  nextMove,
  placeOf,
  removeCluster,
  restoreBoard,
  withPorts,
  type LaneBoard,
} from './lanes.ts';

const PORTS = [55553, 55554];
const boardOf = (...names: string[]): LaneBoard => names.reduce(addCluster, emptyBoard(PORTS));

describe('a cluster goes to the lane with fewer clusters, ties to the first', () => {
  test('six clusters alternate', () => {
    expect(clustersByLane(boardOf('a', 'b', 'c', 'd', 'e', 'f'))).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd', 'f'],
    ]);
  });

  test('a removed place goes to the next one added', () => {
    const board = addCluster(removeCluster(boardOf('a', 'b', 'c', 'd'), 'b'), 'e');
    expect(placeOf(board, 'e')).toEqual({ lane: 1, place: 0 });
    expect(placeOf(board, 'd')).toEqual({ lane: 1, place: 1 });
  });

  test('adding twice and removing a stranger change nothing', () => {
    const board = boardOf('a', 'b');
    expect(addCluster(board, 'a')).toBe(board);
    expect(removeCluster(board, 'zzz')).toBe(board);
  });
});

describe('lanes that differ by more than one are evened', () => {
  test('the newest cluster of the longer lane moves', () => {
    const board = removeCluster(removeCluster(boardOf('a', 'b', 'c', 'd', 'e'), 'b'), 'd');
    const move = nextMove(board);
    expect(move).toEqual({ cluster: 'e', from: { lane: 0, place: 2 }, to: { lane: 1, place: 0 } });
    expect(clustersByLane(applyMove(board, move!))).toEqual([['a', 'c'], ['e']]);
  });

  test('a difference of one stays', () => expect(nextMove(boardOf('a', 'b', 'c'))).toBeNull());
});

test.each([
  [0, 0, '127.0.0.1', 55553],
  [1, 0, '127.0.0.1', 55554],
  [0, 1, '127.0.0.2', 55553],
  [1, 254, '127.0.0.255', 55554],
  [0, 255, '127.0.1.0', 55553],
  [0, 49_999, '127.0.195.80', 55553],
])('lane %i, place %i listens on %s:%i', (lane, place, address, port) => {
  expect(endpointOf(emptyBoard(PORTS), { lane, place })).toEqual({ address, port });
});

describe('an earlier run is taken up again', () => {
  test('remembered places are kept, holes too', () => {
    const board = restoreBoard(PORTS, [
      { cluster: 'a', lane: 1, place: 2 },
      { cluster: 'b', lane: 0, place: 0 },
    ]);
    expect(board.places).toEqual([['b'], [null, null, 'a']]);
  });

  test('a taken place, a lane that is gone and a cluster without a place are added anew', () => {
    const board = restoreBoard(PORTS, [
      { cluster: 'a', lane: 0, place: 0 },
      { cluster: 'b', lane: 0, place: 0 },
      { cluster: 'c', lane: 7, place: 0 },
      { cluster: 'd', lane: null, place: null },
    ]);
    expect(clustersByLane(board)).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
  });

  test('a new lane leaves everybody in place; a lane less moves its clusters', () => {
    const three = withPorts(boardOf('a', 'b', 'c'), [1, 2, 3]);
    expect(clustersByLane(three)).toEqual([['a', 'c'], ['b'], []]);
    expect(clustersByLane(withPorts(three, [1]))).toEqual([['a', 'c', 'b']]);
  });
});

test('whatever is added and removed: no place is shared, lanes even out, who stays keeps the place', () => {
  const step = fc.record({ add: fc.boolean(), name: fc.constantFrom(...'abcdefghij') });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (steps, lanes) => {
      let board = emptyBoard(Array.from({ length: lanes }, (_, i) => 55553 + i));
      for (const { add, name } of steps) {
        const before = new Map(board.order.map((cluster) => [cluster, placeOf(board, cluster)]));
        board = add ? addCluster(board, name) : removeCluster(board, name);
        for (const cluster of board.order)
          if (before.has(cluster)) expect(placeOf(board, cluster)).toEqual(before.get(cluster));
      }
      for (let move = nextMove(board); move; move = nextMove(board)) board = applyMove(board, move);
      const all = clustersByLane(board).flat();
      expect(new Set(all).size).toBe(all.length);
      expect([...all].sort()).toEqual([...board.order].sort());
      const counts = clustersByLane(board).map((lane) => lane.length);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }),
  );
});
