import { TS, WIDTH } from '../packed.ts';
import type { SpecChange } from '../spec-changes.ts';
import { addToDays, dayChanges } from './days.ts';
import { changeGaps } from './gaps.ts';
import type { LockedRows, SampleWrite } from './hpa-rows.ts';
import { writeRevisions } from './revisions.ts';
import { insertRows, type NewRows } from './sample-copy.ts';
import {
  mergeValues,
  noChangedRows,
  pushChanged,
  sameValues,
  updateRows,
  valuesOf,
  type ChangedRows,
} from './sample-rows.ts';
import type { HpaState } from './pace-plan.ts';
import { advance, advanceKnown, settle, type KnownClusters, type Taken } from './scan-states.ts';
import { planSpecWrites } from './spec-writes.ts';
import { latestSpecs, replaceSpecs, type SpecReplacement } from './specs.ts';
import type { Sql } from './sql.ts';
import { storedRows } from './stored-rows.ts';
import { TAIL_MS, tailAfter, type StoredRow, type Tail } from './tails.ts';

const NOTHING: ReadonlyMap<number, StoredRow> = new Map();

/**
 * One batch, within a transaction. `clusterOf`: the cluster of each of its HPAs. `known`: what the last writes left behind, and this one leaves.
 * @returns how many rows the batch held of HPAs that there are
 */
export async function writeBatch(
  sql: Sql,
  batch: SampleWrite,
  clusterOf: ReadonlyMap<number, string>,
  known: KnownClusters,
): Promise<number> {
  const guess = advanceKnown(sql, batch, clusterOf, known);
  if (guess) {
    const [isTrue, prepared] = await bothOf(guess.isTrue, prepare(sql, batch, guess.taken.hpas));
    if (isTrue) return writePrepared(sql, batch, prepared, guess.taken, known);
  }
  const taken = await advance(sql, batch, clusterOf, known);
  return writePrepared(sql, batch, await prepare(sql, batch, taken.hpas), taken, known);
}

/** Waits for both even where one fails: after a rollback nobody may still be at it. */
async function bothOf<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return Promise.all([one, other]);
}

type Prepared = Places & {
  locked: readonly LockedRows[];
  latest: ReadonlyMap<number, SpecChange>;
  specs: readonly SpecReplacement[];
  standing: readonly (() => ReadonlyMap<number, StoredRow>)[];
};

/** What is to be written, from what is stored; writes nothing. */
async function prepare(sql: Sql, batch: SampleWrite, states: ReadonlyMap<number, HpaState>): Promise<Prepared> {
  // What was asked before is sent first, and done meanwhile.
  await Promise.resolve();
  const there = batch.rows.flatMap((rows) => {
    const state = states.get(rows.hpaId);
    return state ? [{ ...rows, newestTs: state.newest }] : [];
  });
  const stored = await storedRows(sql, there, states);
  const locked = there.map((rows): LockedRows => ({ ...rows, stored: stored.get(rows.hpaId) ?? NOTHING }));
  const latest = await latestOf(sql, locked, states);
  const specs = await planSpecWrites(sql, locked, latest);
  const places: Places = { days: dayChanges(), fresh: [], altered: noChangedRows() };
  const standing = locked.map((rows) => place(rows, batch.isBaseline, places));
  return { ...places, locked, latest, specs, standing };
}

async function writePrepared(
  sql: Sql,
  { now, isBaseline, openGaps = [], closeGaps = [], revisions = [] }: SampleWrite,
  { locked, latest, specs, standing, days, fresh, altered }: Prepared,
  taken: Taken,
  known: KnownClusters,
): Promise<number> {
  const states = taken.hpas;
  const isThere = ({ hpaId }: { hpaId: number }) => states.has(hpaId);
  await replaceSpecs(sql, specs);
  const inserting = insertRows(sql, fresh, now, isBaseline);
  // The server is busy with the rows meanwhile.
  const after = new Map<number, Tail | null>();
  locked.forEach(({ hpaId, newestTs, first, last }, i) => {
    const rows = standing[i]?.() ?? NOTHING;
    const spec = latest.get(hpaId);
    after.set(hpaId, tailAfter({ spec, first, last, newestTs, rows }, states.get(hpaId)?.tail ?? null));
  });
  // What their latest change is now is looked up by the next write.
  for (const { hpaId } of specs) after.set(hpaId, null);
  await inserting;
  await updateRows(sql, altered, isBaseline);
  await writeRevisions(sql, revisions.filter(isThere));
  await changeGaps(sql, openGaps.filter(isThere), closeGaps.filter(isThere));
  await addToDays(sql, days.list());
  settle(known, taken, after);
  return locked.reduce((sum, { rows }) => sum + rows.length / WIDTH, 0);
}

/** The latest change of spec of each HPA that has one. */
async function latestOf(
  sql: Sql,
  rows: readonly LockedRows[],
  states: ReadonlyMap<number, HpaState>,
): Promise<Map<number, SpecChange>> {
  const unknown = rows.filter(({ hpaId }) => !states.get(hpaId)?.tail).map(({ hpaId }) => hpaId);
  const latest = unknown.length > 0 ? await latestSpecs(sql, unknown) : new Map<number, SpecChange>();
  for (const [hpaId, { tail }] of states) if (tail?.spec !== undefined) latest.set(hpaId, tail.spec);
  return latest;
}

type Places = { days: ReturnType<typeof dayChanges>; fresh: NewRows[]; altered: ChangedRows };

/** Puts each row where it belongs: among those to insert, those to update, or nowhere, since it brings nothing new. Answers what tells the newest that stand then. */
function place(locked: LockedRows, isBaseline: boolean, places: Places): () => ReadonlyMap<number, StoredRow> {
  const { hpaId, cluster, rows, last, stored } = locked;
  const { days, fresh } = places;
  if (stored.size > 0) {
    const standing = placeAmong(locked, isBaseline, places);
    return () => standing;
  }
  fresh.push({ hpaId, rows, at: null });
  for (let at = 0; at < rows.length; at += WIDTH) days.add(cluster, rows[at + TS] ?? 0, true, isBaseline);
  return () => {
    const standing = new Map<number, StoredRow>();
    for (let at = rows.length - WIDTH; at >= 0; at -= WIDTH) {
      const ts = rows[at + TS] ?? 0;
      if (ts < last - TAIL_MS) break;
      standing.set(ts, { values: valuesOf(rows, at), isBaseline });
    }
    return standing;
  };
}

/** The same where some may be there already. */
function placeAmong(
  { hpaId, cluster, rows, stored }: LockedRows,
  isBaseline: boolean,
  { days, fresh, altered }: Places,
): Map<number, StoredRow> {
  const standing = new Map(stored);
  const isNew: number[] = [];
  for (let at = 0; at < rows.length; at += WIDTH) {
    const ts = rows[at + TS] ?? 0;
    const row = stored.get(ts);
    const given = valuesOf(rows, at);
    const values = row ? mergeValues(row.values, given) : given;
    const isMarked = isBaseline && row?.isBaseline !== true;
    if (row === undefined) isNew.push(at);
    else if (isMarked || !sameValues(values, row.values)) pushChanged(altered, hpaId, ts, values);
    days.add(cluster, ts, row === undefined, isMarked);
    standing.set(ts, { values, isBaseline: isBaseline || row?.isBaseline === true });
  }
  if (isNew.length > 0) fresh.push({ hpaId, rows, at: isNew });
  return standing;
}
