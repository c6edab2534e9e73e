import { SPEC_COLUMNS, VALUE_COLUMNS, type Column, type Sample } from '../../domain/sample.ts';
import type { Window } from '../../domain/window.ts';
import { FIRST_SPEC, orNaN, unpackSamples, WIDTH } from '../packed.ts';
import { UNKNOWN_SPEC, type Spec, type SpecChange } from '../spec-changes.ts';
import type { SeriesQuery } from '../store.ts';
import { specsOver } from './specs.ts';
import type { Sql } from './sql.ts';

/** Rows of one HPA in one answer at most, whatever is asked: 70 days by the minute. */
export const MAX_ROWS = 100_000;
/** HPAs of one statement: what it answers is held in memory twice. */
const HPAS_AT_ONCE = 50;

const VALUES = ['ts', 'cpu_current', 'memory_current', 'memory_utilization', 'replicas_current', 'replicas_desired']
  .concat(['replicas_ready', 'pressure', 'scaling_limited', 'scaling_active'])
  .map((column) => `s.${column}`)
  .join(', ');
type Row = [hpaId: number, ts: number, ...values: (number | null)[]];

/** Samples of several HPAs, ascending each; with a step the last of each interval [k*step, (k+1)*step). */
export async function readSeries(
  sql: Sql,
  hpaIds: readonly number[],
  query: SeriesQuery,
): Promise<Map<number, Sample[]>> {
  const series = new Map<number, Sample[]>(hpaIds.map((id) => [id, []]));
  for (let at = 0; at < hpaIds.length; at += HPAS_AT_ONCE)
    for (const [id, samples] of await readSome(sql, hpaIds.slice(at, at + HPAS_AT_ONCE), query))
      series.set(id, samples);
  return series;
}

async function readSome(sql: Sql, hpaIds: readonly number[], query: SeriesQuery): Promise<Map<number, Sample[]>> {
  const { stepMs = 0, limit = MAX_ROWS } = query;
  const from = whole(Math.ceil(query.from));
  const to = whole(Math.floor(query.to));
  const step = Math.trunc(stepMs);
  const most = Math.max(0, Math.min(limit, MAX_ROWS));
  const picked = step > 0 ? 'DISTINCT ON (s.ts - s.ts % $5::bigint)' : '';
  const order = step > 0 ? 's.ts - s.ts % $5::bigint, s.ts DESC' : 's.ts';
  const rows = await sql.arrays<Row>(
    `SELECT w.id, r.* FROM unnest($1::bigint[]) AS w (id) CROSS JOIN LATERAL (
       SELECT ${picked} ${VALUES} FROM sample s WHERE s.hpa_id = w.id AND s.ts >= $2 AND s.ts <= $3 ORDER BY ${order} LIMIT $4) r
     ORDER BY w.id, r.ts`,
    [[...new Set(hpaIds)], from, to, most, ...(step > 0 ? [step] : [])],
  );
  return withSpecs(sql, rows);
}

const whole = (ts: number): number =>
  Math.min(Number.MAX_SAFE_INTEGER, Math.max(Number.MIN_SAFE_INTEGER, Number.isNaN(ts) ? 0 : ts));

async function withSpecs(sql: Sql, rows: readonly Row[]): Promise<Map<number, Sample[]>> {
  const byHpa = new Map<number, Row[]>();
  for (const row of rows) {
    const list = byHpa.get(row[0]);
    if (list) list.push(row);
    else byHpa.set(row[0], [row]);
  }
  const ranges = [...byHpa].map(([hpaId, list]) => ({ hpaId, from: list[0]?.[1] ?? 0, to: list.at(-1)?.[1] ?? 0 }));
  const specs = await specsOver(sql, ranges);
  return new Map([...byHpa].map(([id, list]) => [id, unpackSamples(packed(list, specs.get(id) ?? []))]));
}

function packed(rows: readonly Row[], changes: readonly SpecChange[]): Float64Array {
  const packedRows = new Float64Array(rows.length * WIDTH);
  let spec: Spec = UNKNOWN_SPEC;
  let next = 0;
  let at = 0;
  for (const row of rows) {
    for (let change = changes[next]; change && change.ts <= row[1]; change = changes[++next]) spec = change.spec;
    for (let i = 0; i < FIRST_SPEC; i++) packedRows[at + i] = orNaN(row[i + 1] ?? null);
    packedRows.set(spec, at + FIRST_SPEC);
    at += WIDTH;
  }
  return packedRows;
}

/** The newest sample of each HPA that has one. */
export async function latestOf(sql: Sql, hpaIds: readonly number[]): Promise<Map<number, Sample>> {
  const rows = await sql.arrays<Row>(
    // Mostly the bound is the time of the newest itself. LIMIT 1 looks into days before only where it is not.
    `SELECT w.hpa_id, r.* FROM (
       SELECT s.hpa_id, GREATEST(s.newest_ts, CASE WHEN s.in_pace = 1 THEN p.newest_ts END) AS newest
       FROM scan_state s JOIN hpa h ON h.id = s.hpa_id LEFT JOIN scan_pace p ON p.cluster = h.cluster
       WHERE s.hpa_id = ANY($1::bigint[])) w
     CROSS JOIN LATERAL (
       SELECT ${VALUES} FROM sample s WHERE s.hpa_id = w.hpa_id AND s.ts <= w.newest ORDER BY s.ts DESC LIMIT 1) r`,
    [hpaIds],
  );
  const found = await withSpecs(sql, rows);
  return new Map([...found].flatMap(([id, [sample]]): [number, Sample][] => (sample ? [[id, sample]] : [])));
}

/** Instants with a value, per column, for rows inside the window that lie on its step. */
export async function countPoints(
  sql: Sql,
  hpaId: number,
  { start, end, stepMs }: Window,
): Promise<Record<Column, number>> {
  const columns: readonly Column[] = [...VALUE_COLUMNS, ...SPEC_COLUMNS];
  const samples = (await readSeries(sql, [hpaId], { from: start, to: end })).get(hpaId) ?? [];
  const onStep = samples.filter(({ ts }) => (ts - start) % stepMs === 0);
  return Object.fromEntries(
    columns.map((column) => [column, onStep.filter((sample) => sample[column] !== null).length]),
  ) as Record<Column, number>;
}
