import type { Sql } from '../postgres/sql.ts';
import { rowDigest, sameDigest, type Cell, type Digest } from './checksum.ts';
import type { Source } from './source.ts';
import { noteChunks, setVerified, type Chunk, type Target } from './target.ts';
import type { CopiedTable } from './tables.ts';
import { differs } from './differs.ts';

/** HPAs whose rows are copied in one transaction. */
export const HPAS_AT_ONCE = 200;
const ROWS_AT_ONCE = 1_000;

export type Range = { from: number; to: number };

/** Copies what is new or changed of one table. @returns how many rows were written */
export async function copyTable(
  source: Source,
  target: Target,
  table: CopiedTable,
  ranges: readonly Range[],
  onRows: (rows: number) => void,
): Promise<number> {
  let written = 0;
  for (const range of table.range === null ? [null] : ranges) {
    const digest = digestOf(source.rows(table, range));
    const chunk: Chunk = { table: table.name, first: range?.from ?? 0, day: 0 };
    const [known] = await target.known(table.name, { first: chunk.first, to: chunk.first + 1 });
    if (!sameDigest(known, digest)) {
      await target.write(async (sql) => {
        await (table.name === 'hpa' ? dropPurged(sql, source, range) : clear(sql, table, range));
        await insert(sql, table, source.rows(table, range));
        await noteChunks(sql, [{ ...chunk, digest, baseline: 0 }]);
      });
      written += digest.rows;
    }
    onRows(digest.rows);
  }
  return written;
}

/** Reads back what was copied. @throws AgentError `storage/corrupt` where it is not the same */
export async function verifyTable(target: Target, table: CopiedTable, ranges: readonly Range[]): Promise<void> {
  for (const range of table.range === null ? [null] : ranges) {
    const first = range?.from ?? 0;
    const [known] = await target.known(table.name, { first, to: first + 1 });
    if (known?.verified) continue;
    const names = table.columns.map(([name]) => name).join(', ');
    const where = range === null ? '' : `WHERE ${table.range} >= ${range.from} AND ${table.range} < ${range.to}`;
    const digest = digestOf(
      await target.read((sql) =>
        sql.arrays<Cell[]>(`SELECT ${names} FROM ${table.name} ${where} ORDER BY ${table.order}`),
      ),
    );
    const chunk: Chunk = { table: table.name, first, day: 0 };
    if (known === undefined || !sameDigest(known, digest)) throw await differs(target, [chunk], null);
    await target.write((sql) => setVerified(sql, [chunk]));
  }
}

function digestOf(rows: Iterable<readonly Cell[]>): Digest {
  const digest = rowDigest();
  for (const row of rows) digest.add(row);
  return digest.end();
}

async function clear(sql: Sql, { name, range: by }: CopiedTable, range: Range | null): Promise<void> {
  if (range === null) await sql.run(`DELETE FROM ${name}`);
  else await sql.run(`DELETE FROM ${name} WHERE ${by} >= $1 AND ${by} < $2`, [range.from, range.to]);
}

/** Those that the source has no more go with all that is theirs; the others stay, since everything refers to them. */
async function dropPurged(sql: Sql, source: Source, range: Range | null): Promise<void> {
  const kept = source.hpaIds();
  const gone = 'NOT (id = ANY($1::bigint[])) AND id >= $2 AND id < $3';
  const span = [kept, range?.from ?? 0, range?.to ?? 0];
  const ids = (await sql.rows<{ id: number }>(`SELECT id FROM hpa WHERE ${gone}`, span)).map(({ id }) => id);
  if (ids.length === 0) return;
  await sql.run('DELETE FROM sample WHERE hpa_id = ANY($1::bigint[])', [ids]);
  await sql.run("DELETE FROM migration_chunk WHERE table_name = 'sample' AND first = ANY($1::bigint[])", [ids]);
  await sql.run('DELETE FROM hpa WHERE id = ANY($1::bigint[])', [ids]);
}

async function insert(sql: Sql, table: CopiedTable, rows: Iterable<Cell[]>): Promise<void> {
  const { name, columns } = table;
  const names = columns.map(([column]) => column);
  const set = names.filter((column) => column !== 'id').map((column) => `${column} = EXCLUDED.${column}`);
  const statement = `INSERT INTO ${name} (${names.join(', ')})
    SELECT * FROM unnest(${columns.map(([, type], i) => `$${i + 1}::${type}[]`).join(', ')})
    ${name === 'hpa' ? `ON CONFLICT (id) DO UPDATE SET ${set.join(', ')}` : ''}`;
  let batch: Cell[][] = [];
  const flush = async () => {
    if (batch.length > 0)
      await sql.run(
        statement,
        columns.map((_, column) => batch.map((row) => row[column] ?? null)),
      );
    batch = [];
  };
  for (const row of rows) if (batch.push(row) >= ROWS_AT_ONCE) await flush();
  await flush();
}
