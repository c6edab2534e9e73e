import type { LocalEndpoint } from './cluster.ts';

/**
 * Lanes: local ports over which clusters are scanned. A cluster keeps its lane and its place for life; a removed cluster
 * leaves a hole that the next one fills. The place chooses the loopback address, so no cluster can answer for another.
 */
export type LaneBoard = {
  /** Local port per lane. */
  ports: readonly number[];
  /** Per lane, per place: a cluster or a hole. */
  places: readonly (readonly (string | null)[])[];
  /** Clusters by age, oldest first. */
  order: readonly string[];
};

export type LanePlace = { lane: number; place: number };

export const emptyBoard = (ports: readonly number[]): LaneBoard => ({ ports, places: ports.map(() => []), order: [] });

const countOf = (lane: readonly (string | null)[]): number => lane.filter((name) => name !== null).length;

const withPlace = (board: LaneBoard, lane: number, place: number, name: string | null): LaneBoard['places'] =>
  board.places.map((row, index) => {
    if (index !== lane) return row;
    const next = [...row];
    while (next.length < place) next.push(null);
    next[place] = name;
    while (next.length > 0 && next.at(-1) === null) next.pop();
    return next;
  });

const firstFree = (row: readonly (string | null)[]): number => {
  const hole = row.indexOf(null);
  return hole < 0 ? row.length : hole;
};

export function placeOf(board: LaneBoard, cluster: string): LanePlace | null {
  for (const [lane, row] of board.places.entries()) {
    const place = row.indexOf(cluster);
    if (place >= 0) return { lane, place };
  }
  return null;
}

/** Adds to the lane with fewer clusters, ties to the first, in its first free place. Adding twice changes nothing. */
export function addCluster(board: LaneBoard, cluster: string): LaneBoard {
  if (placeOf(board, cluster)) return board;
  return putInShortest({ ...board, order: [...board.order, cluster] }, cluster);
}

function putInShortest(board: LaneBoard, cluster: string): LaneBoard {
  const counts = board.places.map(countOf);
  const lane = counts.indexOf(Math.min(...counts));
  return { ...board, places: withPlace(board, lane, firstFree(board.places[lane] ?? []), cluster) };
}

export function removeCluster(board: LaneBoard, cluster: string): LaneBoard {
  const at = placeOf(board, cluster);
  if (!at) return board;
  return {
    ...board,
    places: withPlace(board, at.lane, at.place, null),
    order: board.order.filter((name) => name !== cluster),
  };
}

export type LaneMove = { cluster: string; from: LanePlace; to: LanePlace };

/** The next move where lane counts differ by more than one: the newest cluster of the longest lane; null when balanced. */
export function nextMove(board: LaneBoard): LaneMove | null {
  const counts = board.places.map(countOf);
  const most = Math.max(...counts);
  const least = Math.min(...counts);
  if (most - least <= 1) return null;
  const lane = counts.indexOf(most);
  const row = board.places[lane] ?? [];
  const cluster = [...board.order].reverse().find((name) => row.includes(name));
  if (cluster === undefined) return null;
  const target = counts.indexOf(least);
  return {
    cluster,
    from: { lane, place: row.indexOf(cluster) },
    to: { lane: target, place: firstFree(board.places[target] ?? []) },
  };
}

export function applyMove(board: LaneBoard, { cluster, from, to }: LaneMove): LaneBoard {
  const freed = { ...board, places: withPlace(board, from.lane, from.place, null) };
  return { ...freed, places: withPlace(freed, to.lane, to.place, cluster) };
}

/** Clusters per lane in the order of their places, holes closed: what the slots are made of. */
export const clustersByLane = (board: LaneBoard): string[][] =>
  board.places.map((row) => row.filter((name) => name !== null));

/** Place n of any lane listens on 127.0.0.(n+1), so the first of each lane is on 127.0.0.1. */
export function endpointOf(board: LaneBoard, { lane, place }: LanePlace): LocalEndpoint {
  const n = place + 1;
  return { address: `127.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, port: board.ports[lane] ?? 0 };
}

/** A board with exactly these lanes; what stood in a lane that is gone is added anew, oldest first. */
export function withPorts(board: LaneBoard, ports: readonly number[]): LaneBoard {
  const kept: LaneBoard = { ports, places: ports.map((_, lane) => board.places[lane] ?? []), order: board.order };
  return board.order.reduce((next, cluster) => (placeOf(next, cluster) ? next : putInShortest(next, cluster)), kept);
}

export type RememberedPlace = { cluster: string; lane: number | null; place: number | null };

/** The board of an earlier run: every cluster on its remembered place where that is free, else as if newly added. Oldest first. */
export function restoreBoard(ports: readonly number[], remembered: readonly RememberedPlace[]): LaneBoard {
  let board = emptyBoard(ports);
  for (const { cluster, lane, place: at } of remembered) {
    const row = lane === null ? undefined : board.places[lane];
    if (lane === null || at === null || row === undefined || (row[at] ?? null) !== null) continue;
    board = { ...board, places: withPlace(board, lane, at, cluster) };
  }
  board = { ...board, order: remembered.map(({ cluster }) => cluster) };
  return board.order.reduce((next, cluster) => (placeOf(next, cluster) ? next : putInShortest(next, cluster)), board);
}
