import { randomInt } from 'node:crypto';
import type { SampleWrite } from './hpa-rows.ts';
import { planPace, type ClusterState, type HpaState, type Move, type PacePlan } from './pace-plan.ts';
import type { Sql } from './sql.ts';
import type { Tail } from './tails.ts';

/** By cluster, as this agent left them; true as long as their stamps are. */
export type KnownClusters = Map<string, ClusterState>;

/** The clusters of a batch, locked until the transaction ends, and the state of each of its HPAs that there is. */
export type Taken = {
  clusters: Map<string, ClusterState>;
  /** As it was before. `newest` is that of before as well. */
  hpas: Map<number, HpaState>;
};

const STAMPS = 2 ** 47;
export const newStamp = (): number => randomInt(1, STAMPS);

/**
 * Locks the clusters of a batch, and moves what moves with it; HPAs that were purged meanwhile are not among the answer. What was known of the clusters is known no
 * more: `settle` knows it again, once all of the batch is written.
 */
export async function advance(
  sql: Sql,
  batch: SampleWrite,
  clusterOf: ReadonlyMap<number, string>,
  known: KnownClusters,
): Promise<Taken> {
  const taken: Taken = { clusters: new Map(), hpas: new Map() };
  const moves = movesOf(batch, clusterOf);
  // In the order in which everybody locks these rows.
  for (const cluster of [...moves.keys()].sort()) {
    const ofCluster = moves.get(cluster) ?? new Map<number, Move>();
    const before = known.get(cluster);
    known.delete(cluster);
    const isTrue = before && (await moved(sql, cluster, before, ofCluster, batch.now, taken));
    if (isTrue) continue;
    if (await moved(sql, cluster, await locked(sql, cluster), ofCluster, batch.now, taken)) continue;
    throw new Error(`the pace of ${cluster} changed while its row was locked`);
  }
  return taken;
}

/**
 * The same for a batch of one cluster that is known: its HPAs are answered at once, so that the agent goes on while the database does. `isTrue`: whether they are what stands
 * there; if not, nothing was done. null: it is not known.
 */
export function advanceKnown(
  sql: Sql,
  batch: SampleWrite,
  clusterOf: ReadonlyMap<number, string>,
  known: KnownClusters,
): { taken: Taken; isTrue: Promise<boolean> } | null {
  const [[cluster, moves] = [], ...others] = movesOf(batch, clusterOf);
  const before = cluster === undefined ? undefined : known.get(cluster);
  if (cluster === undefined || moves === undefined || before === undefined || others.length > 0) return null;
  known.delete(cluster);
  const taken: Taken = { clusters: new Map(), hpas: new Map() };
  return { taken, isTrue: moved(sql, cluster, before, moves, batch.now, taken) };
}

/** All of the batch is written: what it left is known, and true if the transaction is committed, since then its stamps stand there. */
export function settle(known: KnownClusters, { clusters }: Taken, tails: ReadonlyMap<number, Tail | null>): void {
  for (const { hpas } of clusters.values())
    for (const [hpaId, tail] of tails) {
      const state = hpas.get(hpaId);
      if (state) state.tail = tail;
    }
  for (const [cluster, state] of clusters) known.set(cluster, state);
}

/** What each cluster's HPAs are to move by. */
function movesOf(batch: SampleWrite, clusterOf: ReadonlyMap<number, string>): Map<string, Map<number, Move>> {
  const { rows, cursors = [], openGaps = [], closeGaps = [], revisions = [] } = batch;
  const moves = new Map<string, Map<number, Move>>();
  const moveOf = (hpaId: number): Move | null => {
    const cluster = clusterOf.get(hpaId);
    if (cluster === undefined) return null;
    let ofCluster = moves.get(cluster);
    if (ofCluster === undefined) moves.set(cluster, (ofCluster = new Map<number, Move>()));
    let move = ofCluster.get(hpaId);
    if (move === undefined) ofCluster.set(hpaId, (move = { newest: -Infinity, until: null }));
    return move;
  };
  for (const list of [openGaps, closeGaps, revisions]) for (const { hpaId } of list) moveOf(hpaId);
  for (const { hpaId, last } of rows) {
    const move = moveOf(hpaId);
    if (move) move.newest = last;
  }
  for (const { hpaId, scannedUntil } of cursors) {
    const move = moveOf(hpaId);
    if (move) move.until = Math.max(scannedUntil, move.until ?? scannedUntil);
  }
  return moves;
}

/** Adds to `taken`, the HPAs at once. @returns false: the stamp is another one, so nothing of `before` can be relied on, and nothing was done */
async function moved(
  sql: Sql,
  cluster: string,
  before: ClusterState,
  moves: ReadonlyMap<number, Move>,
  now: number,
  taken: Taken,
): Promise<boolean> {
  const { pace, members, own } = planPace(before, moves, now);
  const { hpas } = before;
  for (const hpaId of moves.keys()) {
    const state = hpas.get(hpaId);
    if (state) taken.hpas.set(hpaId, { ...state });
  }
  const stamp = newStamp();
  const changed = await sql.run(
    `UPDATE scan_pace SET stamp = $3::bigint, scanned_until = $4::bigint, last_scan_at = $5::bigint, newest_ts = $6::bigint
     WHERE cluster = $1 AND stamp = $2::bigint`,
    [cluster, before.stamp, stamp, pace.until, pace.scannedAt, finite(pace.newest)],
  );
  if (changed === 0) return false;
  await writeOwn(sql, own);
  for (const [hpaId, state] of own) hpas.set(hpaId, state);
  for (const [hpaId, { newest }] of moves) {
    const state = hpas.get(hpaId);
    if (state) state.newest = Math.max(state.newest, newest);
  }
  taken.clusters.set(cluster, { stamp, pace, members, hpas });
  return true;
}

async function writeOwn(sql: Sql, own: PacePlan['own']): Promise<void> {
  if (own.length === 0) return;
  const sorted = [...own].sort(([a], [b]) => a - b);
  await sql.run(
    `UPDATE scan_state s SET in_pace = w.in_pace, scanned_until = w.until, last_scan_at = w.scanned_at, newest_ts = w.newest
     FROM unnest($1::bigint[], $2::smallint[], $3::bigint[], $4::bigint[], $5::bigint[])
       AS w (id, in_pace, until, scanned_at, newest)
     WHERE s.hpa_id = w.id`,
    [
      sorted.map(([id]) => id),
      sorted.map(([, { inPace }]) => (inPace ? 1 : 0)),
      sorted.map(([, { until }]) => until),
      sorted.map(([, { scannedAt }]) => scannedAt),
      sorted.map(([, { newest }]) => finite(newest)),
    ],
  );
}

const finite = (ts: number): number | null => (Number.isFinite(ts) ? ts : null);

/** Locks the row of a cluster and reads what stands there. */
async function locked(sql: Sql, cluster: string): Promise<ClusterState> {
  const { stamp, until, at, newest } = await lockPace(sql, cluster);
  const rows = await sql.arrays<
    [hpaId: number, inPace: number, until: number | null, at: number | null, newest: number | null]
  >(
    `SELECT s.hpa_id, s.in_pace, s.scanned_until, s.last_scan_at, s.newest_ts
     FROM hpa h JOIN scan_state s ON s.hpa_id = h.id WHERE h.cluster = $1`,
    [cluster],
  );
  const hpas = new Map<number, HpaState>();
  let members = 0;
  for (const [hpaId, inPace, ownUntil, scannedAt, own] of rows) {
    members += inPace;
    const bound = Math.max(own ?? -Infinity, inPace === 1 ? (newest ?? -Infinity) : -Infinity);
    hpas.set(hpaId, { inPace: inPace === 1, until: ownUntil, scannedAt, newest: bound, tail: null });
  }
  return { stamp, pace: { until, scannedAt: at, newest: newest ?? -Infinity }, members, hpas };
}

type PaceRow = { stamp: number; until: number | null; at: number | null; newest: number | null };

async function lockPace(sql: Sql, cluster: string): Promise<PaceRow> {
  const select = () =>
    sql.first<PaceRow>(
      `SELECT stamp, scanned_until AS until, last_scan_at AS at, newest_ts AS newest FROM scan_pace WHERE cluster = $1 FOR UPDATE`,
      [cluster],
    );
  const found = await select();
  if (found) return found;
  // HPAs that a migration has brought have none yet.
  await sql.run('INSERT INTO scan_pace (cluster, stamp) VALUES ($1, 0) ON CONFLICT (cluster) DO NOTHING', [cluster]);
  const made = await select();
  if (made === null) throw new Error(`no pace of ${cluster}`);
  return made;
}

/** For whoever else changes what agents know of these clusters: locks their rows until the transaction ends, and has them look again. */
export async function restamp(sql: Sql, clusters: readonly string[]): Promise<void> {
  for (const cluster of [...new Set(clusters)].sort())
    await sql.run(
      `INSERT INTO scan_pace (cluster, stamp) VALUES ($1, $2::bigint) ON CONFLICT (cluster) DO UPDATE SET stamp = EXCLUDED.stamp`,
      [cluster, newStamp()],
    );
}
