import type { Database } from 'better-sqlite3';
import { VALUE_COLUMNS, SPEC_COLUMNS, type Column } from '../../domain/sample.ts';
import type { Window } from '../../domain/window.ts';
import { FIRST_SPEC, FIRST_VALUE, orNaN, WIDTH } from '../packed.ts';
import type { Spec } from '../spec-changes.ts';
import type { SpecStore } from './spec-store.ts';
import type { SeriesQuery } from '../store.ts';

/** Rows of one answer at most, whatever is asked: 70 days of one HPA by the minute, 13 MB. */
export const MAX_ROWS = 100_000;

const VALUES = `ts, cpu_current, memory_current, memory_utilization, replicas_current, replicas_desired, replicas_ready,
  pressure, scaling_limited, scaling_active`;

type RawRow = [number, ...(number | null)[]];

export function seriesStatements(db: Database, specs: SpecStore) {
  const all = db
    .prepare<[number, number, number, number], RawRow>(
      `SELECT ${VALUES} FROM stored_sample WHERE hpa_id = ? AND ts >= ? AND ts <= ? ORDER BY ts LIMIT ?`,
    )
    .raw();
  const stepped = db
    .prepare<[number, number, number, number, number, number], RawRow>(
      `SELECT ${VALUES} FROM stored_sample WHERE hpa_id = ? AND ts IN (
         SELECT MAX(ts) FROM stored_sample WHERE hpa_id = ? AND ts >= ? AND ts <= ? GROUP BY ts / CAST(? AS INTEGER))
       ORDER BY ts LIMIT ?`,
    )
    .raw();
  const newest = db
    .prepare<[number], RawRow>(`SELECT ${VALUES} FROM stored_sample WHERE hpa_id = ? ORDER BY ts DESC LIMIT 1`)
    .raw();

  const withSpecs = (hpaId: number, records: RawRow[]): Float64Array => {
    const packed = new Float64Array(records.length * WIDTH);
    const first = records[0]?.[0];
    const last = records.at(-1)?.[0];
    if (first === undefined || last === undefined) return packed;
    let spec: Spec = specs.specAt(hpaId, first);
    const changes = specs.changesIn(hpaId, first + 1, last);
    let nextChange = 0;
    let at = 0;
    for (const record of records) {
      for (let change = changes[nextChange]; change && change.ts <= record[0]; change = changes[++nextChange])
        spec = change.spec;
      for (let i = 0; i < FIRST_SPEC; i++) packed[at + i] = orNaN(record[i] ?? null);
      packed.set(spec, at + FIRST_SPEC);
      at += WIDTH;
    }
    return packed;
  };

  const series = {
    /**
     * Packed rows `from`..`to`, both included, ascending; with `stepMs` the last of each interval [k*step, (k+1)*step).
     * Where there are more than `limit`, the oldest `limit` ones: ask again from after the last.
     */
    readSeries(hpaId: number, { from, to, stepMs, limit = MAX_ROWS }: SeriesQuery): Float64Array {
      const most = Math.max(0, Math.min(limit, MAX_ROWS));
      const records =
        stepMs === undefined || stepMs <= 0
          ? all.all(hpaId, from, to, most)
          : stepped.all(hpaId, hpaId, from, to, stepMs, most);
      return withSpecs(hpaId, records);
    },
    /** `readSeries` of each HPA, in the order asked; `limit` counts for each. */
    readSeriesOf: (hpaIds: number[], query: SeriesQuery): Float64Array[] =>
      hpaIds.map((hpaId) => series.readSeries(hpaId, query)),
    /** The newest row, packed; empty where there is none. */
    latest(hpaId: number): Float64Array {
      const record = newest.get(hpaId);
      return record ? withSpecs(hpaId, [record]) : new Float64Array(0);
    },
    countPoints(hpaId: number, { start, end, stepMs }: Window): Record<Column, number> {
      const columns: readonly Column[] = [...VALUE_COLUMNS, ...SPEC_COLUMNS];
      const counts = new Map(columns.map((column) => [column, 0]));
      const rows = series.readSeries(hpaId, { from: start, to: end });
      for (let at = 0; at < rows.length; at += WIDTH) {
        if (((rows[at] ?? 0) - start) % stepMs !== 0) continue;
        for (const [i, column] of columns.entries())
          if (!Number.isNaN(rows[at + FIRST_VALUE + i])) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
      return Object.fromEntries(counts) as Record<Column, number>;
    },
  };
  return series;
}
