import type { Tail } from './tails.ts';

/** Where an HPA stands. */
export type HpaState = {
  /** It is told by the pace of its cluster: then `until` and `scannedAt` here count for nothing. */
  inPace: boolean;
  /** Its cursor; null: never scanned. */
  until: number | null;
  scannedAt: number | null;
  /** No stored row is newer; -Infinity: there is none. */
  newest: number;
  /** null: nobody has looked yet. */
  tail: Tail | null;
};

export type Pace = { until: number | null; scannedAt: number | null; newest: number };

/** A cluster as its stamp was left; true as long as that stands there. */
export type ClusterState = { stamp: number; pace: Pace; members: number; hpas: Map<number, HpaState> };

/** What a batch says of an HPA: the newest of its rows (-Infinity: none) and its cursor (null: it does not move). */
export type Move = { newest: number; until: number | null };

export type PacePlan = {
  pace: Pace;
  members: number;
  /** Those whose own rows change, as they are then. */
  own: [hpaId: number, state: HpaState][];
};

/** A cursor never goes back, but where it stands in the future: there a clock that was wrong has put it. */
const cursorAfter = (before: number | null, until: number, now: number): number =>
  before === null || before < until || before > now ? until : before;

/** Where the cluster and its HPAs stand after a batch. It moves the pace where more of them keep it then than fall out of it. */
export function planPace(
  { pace, members, hpas }: ClusterState,
  moves: ReadonlyMap<number, Move>,
  now: number,
): PacePlan {
  const common = mostCommon(moves);
  const until = common === null ? null : cursorAfter(members === 0 ? null : pace.until, common, now);
  const cursorOf = (state: HpaState) => (state.inPace ? pace.until : state.until);
  const keeps = (state: HpaState, move: Move | undefined): boolean =>
    move?.until === common && common !== null && cursorAfter(cursorOf(state), common, now) === until;

  let keeping = 0;
  let staying = 0;
  for (const [hpaId, move] of moves) {
    const state = hpas.get(hpaId);
    if (state === undefined || !keeps(state, move)) continue;
    keeping += 1;
    if (state.inPace) staying += 1;
  }
  const isMoved = keeping > members - staying;
  const after: PacePlan = { pace: isMoved ? { ...pace, until, scannedAt: now } : { ...pace }, members, own: [] };
  const place = (hpaId: number, state: HpaState): void => {
    const move = moves.get(hpaId);
    const inPace = isMoved ? keeps(state, move) : state.inPace && (move?.until ?? null) === null;
    const newest = Math.max(state.newest, move?.newest ?? -Infinity);
    if (inPace && newest > after.pace.newest) after.pace.newest = newest;
    const isSame = inPace === state.inPace && (inPace || move === undefined || !changesOwn(state, move));
    if (isSame) return;
    after.members += Number(inPace) - Number(state.inPace);
    after.own.push([hpaId, { ...ownAfter(state, move, pace, now), inPace, newest }]);
  };
  for (const hpaId of moves.keys()) {
    const state = hpas.get(hpaId);
    if (state !== undefined) place(hpaId, state);
  }
  // All that were in pace are in the batch, mostly.
  if (isMoved && staying < members)
    for (const [hpaId, state] of hpas) if (state.inPace && !moves.has(hpaId)) place(hpaId, state);
  return after;
}

const changesOwn = (state: HpaState, { newest, until }: Move): boolean => until !== null || newest > state.newest;

/** Its own row, if it stands by that. */
function ownAfter(state: HpaState, move: Move | undefined, pace: Pace, now: number): HpaState {
  const before = state.inPace ? { ...state, until: pace.until, scannedAt: pace.scannedAt } : state;
  const until = move?.until ?? null;
  return until === null ? before : { ...before, until: cursorAfter(before.until, until, now), scannedAt: now };
}

/** The cursor that most of them share; null: none moves. */
function mostCommon(moves: ReadonlyMap<number, Move>): number | null {
  const counts = new Map<number, number>();
  for (const { until } of moves.values()) if (until !== null) counts.set(until, (counts.get(until) ?? 0) + 1);
  let common: number | null = null;
  for (const [until, count] of counts) if (common === null || count > (counts.get(common) ?? 0)) common = until;
  return common;
}
