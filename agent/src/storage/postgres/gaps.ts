import { addMinutes, removeMinutes, type Minutes } from '../minutes.ts';
import type { Gap } from '../store.ts';
import type { Sql } from './sql.ts';

/** Opens first, then closes: what one batch opens and closes is closed. The HPAs must be locked. */
export async function changeGaps(sql: Sql, opened: readonly Gap[], closed: readonly Gap[]): Promise<void> {
  const ids = [...new Set([...opened, ...closed].map(({ hpaId }) => hpaId))];
  if (ids.length === 0) return;
  const before = new Map<number, Minutes[]>(ids.map((id) => [id, []]));
  const stored = await sql.rows<Gap>(
    `SELECT hpa_id AS "hpaId", from_ts AS "from", to_ts AS "to" FROM gap WHERE hpa_id = ANY($1::bigint[]) ORDER BY from_ts`,
    [ids],
  );
  for (const { hpaId, from, to } of stored) before.get(hpaId)?.push({ from, to });
  const after = new Map(before);
  for (const { hpaId, from, to } of opened) after.set(hpaId, addMinutes(after.get(hpaId) ?? [], { from, to }));
  for (const { hpaId, from, to } of closed) after.set(hpaId, removeMinutes(after.get(hpaId) ?? [], { from, to }));
  const changed = ids.filter((id) => JSON.stringify(before.get(id)) !== JSON.stringify(after.get(id)));
  if (changed.length === 0) return;
  await sql.run('DELETE FROM gap WHERE hpa_id = ANY($1::bigint[])', [changed]);
  const gaps = changed.flatMap((hpaId) => (after.get(hpaId) ?? []).map((minutes) => ({ hpaId, ...minutes })));
  if (gaps.length === 0) return;
  await sql.run(
    'INSERT INTO gap (hpa_id, from_ts, to_ts) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])',
    [gaps.map(({ hpaId }) => hpaId), gaps.map(({ from }) => from), gaps.map(({ to }) => to)],
  );
}

export const openGaps = (sql: Sql, cluster: string): Promise<Gap[]> =>
  sql.rows<Gap>(
    `SELECT g.hpa_id AS "hpaId", g.from_ts AS "from", g.to_ts AS "to" FROM gap g JOIN hpa h ON h.id = g.hpa_id
     WHERE h.cluster = $1 AND h.enrolled = 1 ORDER BY g.to_ts DESC, g.from_ts DESC, g.hpa_id`,
    [cluster],
  );
