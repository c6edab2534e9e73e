import type { Database } from 'better-sqlite3';
import type { CounterChange } from './counts.ts';
import { allGive, givenRows } from '../given-specs.ts';
import { FIRST_SPEC, FIRST_VALUE, normaliseRows, orNull, TS, WIDTH } from '../packed.ts';
import { planSpecChanges, UNKNOWN_SPEC, type Spec } from '../spec-changes.ts';
import { isTurn, type RecentSamples } from './recent-samples.ts';
import { insertInto, rowWriter, type Bound, type SampleRow } from './sample-rows.ts';
import type { SpecStore } from './spec-store.ts';

/** What is known of the newest end of an HPA's rows, so that a live scan needs no look-up. */
type Tail = {
  /** The newest stored row. */
  newestTs: number;
  /** Rows after it stand in `recent_sample`. */
  carriedUntil: number;
  /** In force from `specSince` on, without end. */
  spec: Spec;
  specSince: number;
  /** Up to here retention has thinned the rows to 5 minutes. */
  thinnedUntil: number;
};

/** Rows of one statement where many are written: a call into SQLite costs as much as a row. */
const MANY = 16;

export type HpaRows = { hpaId: number; rows: Float64Array };
export type SampleWrite = { now: number; isBaseline: boolean };
export type SampleWriter = ReturnType<typeof sampleStatements>;

/** Writing samples. Must run inside a transaction; after a rolled-back one call `forget()`. */
export function sampleStatements(db: Database, specs: SpecStore, recent: RecentSamples) {
  const writeRow = rowWriter(db, 'sample');
  const insertMany = db.prepare<Bound[]>(insertInto('sample', MANY));
  const scanState = db.prepare<[number], { thinned_until: number; carried_until: number }>(
    'SELECT thinned_until, carried_until FROM scan_state WHERE hpa_id = ?',
  );
  const newest = db
    .prepare<[number], number>('SELECT ts FROM stored_sample WHERE hpa_id = ? ORDER BY ts DESC LIMIT 1')
    .pluck();
  const next = db.prepare<[number, number], { ts: number | null }>(
    'SELECT MIN(ts) AS ts FROM sample WHERE hpa_id = ? AND ts > ?',
  );
  const times = db
    .prepare<[number, number, number], number>(
      'SELECT ts FROM sample WHERE hpa_id = ? AND ts >= ? AND ts <= ? ORDER BY ts',
    )
    .pluck();
  const thinAgain = db.prepare<[number, number]>('UPDATE scan_state SET thinned_until = ? WHERE hpa_id = ?');

  const tails = new Map<number, Tail>();

  /** null: there is no such HPA (it was purged while its samples were on their way). */
  const tailOf = (hpaId: number): Tail | null => {
    const known = tails.get(hpaId);
    if (known) return known;
    const state = scanState.get(hpaId);
    if (!state) return null;
    const change = specs.changeAt(hpaId, Number.MAX_SAFE_INTEGER);
    const tail: Tail = {
      newestTs: newest.get(hpaId) ?? -Infinity,
      carriedUntil: state.carried_until,
      spec: change?.spec ?? UNKNOWN_SPEC,
      specSince: change?.ts ?? -Infinity,
      thinnedUntil: state.thinned_until,
    };
    tails.set(hpaId, tail);
    return tail;
  };

  const writeSpecs = (hpaId: number, tail: Tail, rows: Float64Array, first: number, last: number) => {
    if (keepsSpec(tail, rows, first)) return;
    const appended = first > tail.newestTs;
    const nextTs = appended ? null : (next.get(hpaId, last)?.ts ?? null);
    const before = specs.specAt(hpaId, first - 1);
    const changes = specs.changesIn(hpaId, first, nextTs ?? Number.MAX_SAFE_INTEGER);
    const stored = appended ? [] : times.all(hpaId, first, last);
    const given = givenRows(rows, stored.length === 0);
    specs.replaceChanges(hpaId, changes, planSpecChanges({ before, changes, given, stored, nextTs }));
    const change = specs.changeAt(hpaId, Number.MAX_SAFE_INTEGER);
    tail.spec = change?.spec ?? UNKNOWN_SPEC;
    tail.specSince = change?.ts ?? -Infinity;
  };

  const nothingStored = (hpaId: number, tail: Tail, first: number, last: number): boolean =>
    first > tail.newestTs || (next.get(hpaId, first - 1)?.ts ?? Infinity) > last;

  /** From here on all rows of the HPA, and those it is given up to `until`, stand in `sample`. */
  const settle = (hpaId: number, tail: Tail, until: number) => {
    const settled = Math.max(until, tail.newestTs);
    if (settled <= tail.carriedUntil) return;
    recent.carry(hpaId, tail.carriedUntil, settled);
    tail.carriedUntil = settled;
  };

  return {
    /** Writes the rows of one HPA (any order, doubles allowed) and adds to `change` what the counters must know. */
    writeRows({ hpaId, rows: unordered }: HpaRows, write: SampleWrite, change: CounterChange): number {
      const tail = tailOf(hpaId);
      const rows = normaliseRows(unordered);
      const count = rows.length / WIDTH;
      if (tail === null || count === 0) return 0;
      const first = rows[TS] ?? 0;
      const last = rows[(count - 1) * WIDTH] ?? 0;
      // A scan brings the next minute and the last two once more: they wait for their turn. Whatever asks for more than that is written
      // where it stays.
      const isNext = first > Math.max(tail.newestTs, tail.carriedUntil);
      const isFew = last > tail.carriedUntil && count < MANY && !isTurn(hpaId, tail.carriedUntil, last);
      if (!isFew || !(isNext || keepsSpec(tail, rows, first))) settle(hpaId, tail, last);
      writeSpecs(hpaId, tail, rows, first, last);
      let row = 0;
      if (count >= MANY && nothingStored(hpaId, tail, first, last)) {
        for (; row + MANY <= count; row += MANY) insertMany.run(...insertRows(hpaId, rows, row, MANY, write));
        change.samples += row;
        if (write.isBaseline) change.baseline += row;
      }
      for (; row < count; row++) {
        const bound = insertRows(hpaId, rows, row, 1, write) as SampleRow;
        const written = bound[1] > tail.carriedUntil ? recent.write(bound) : writeRow(bound);
        if (written.isNew) change.samples += 1;
        if (written.isNewlyBaseline) change.baseline += 1;
      }
      if (first < tail.thinnedUntil) {
        thinAgain.run(first, hpaId);
        tail.thinnedUntil = first;
      }
      tail.newestTs = Math.max(tail.newestTs, last);
      return count;
    },
    /** Carries over what waits of an HPA: what alters stored rows looks only into `sample`. */
    settle(hpaId: number): void {
      const tail = tailOf(hpaId);
      if (tail) settle(hpaId, tail, tail.newestTs);
    },
    exists: (hpaId: number): boolean => tailOf(hpaId) !== null,
    /** Drops what is remembered of one HPA or of all: rows or changes were altered elsewhere, or rolled back. */
    forget(hpaId?: number): void {
      if (hpaId !== undefined) return void tails.delete(hpaId);
      tails.clear();
      recent.forget();
    },
  };
}

/** The values of INSERT for `count` rows from `row` on. */
function insertRows(hpaId: number, rows: Float64Array, row: number, count: number, write: SampleWrite): Bound[] {
  const bound: Bound[] = [];
  const baseline = write.isBaseline ? 1 : 0;
  for (let at = row * WIDTH; at < (row + count) * WIDTH; at += WIDTH) {
    const ts = rows[at] ?? 0;
    bound.push(hpaId, ts, write.now - ts, baseline);
    for (let i = at + FIRST_VALUE; i < at + FIRST_SPEC; i++) bound.push(orNull(rows[i]));
  }
  return bound;
}

/** From `specSince` on all rows show `spec`, so rows that give just that need no look-up, whether stored or new. */
const keepsSpec = ({ spec, specSince }: Tail, rows: Float64Array, first: number): boolean =>
  first >= specSince && allGive(rows, spec);
