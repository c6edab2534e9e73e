import { basisOf, orNull } from '../packed.ts';
import type { SpecChange } from '../spec-changes.ts';
import { specDifference, toSpecChange, type SpecRecord } from '../spec-record.ts';
import type { Sql } from './sql.ts';

/** Changes of several HPAs, each ascending. */
export type SpecChanges = Map<number, SpecChange[]>;

type HpaSpecRecord = SpecRecord & { hpa_id: number };

function byHpa(records: readonly HpaSpecRecord[]): SpecChanges {
  const changes: SpecChanges = new Map();
  for (const record of records) {
    const list = changes.get(record.hpa_id);
    if (list) list.push(toSpecChange(record));
    else changes.set(record.hpa_id, [toSpecChange(record)]);
  }
  return changes;
}

/** The latest change of each HPA that has one. */
export async function latestSpecs(sql: Sql, hpaIds: readonly number[]): Promise<Map<number, SpecChange>> {
  const records = await sql.rows<HpaSpecRecord>(
    `SELECT c.* FROM unnest($1::bigint[]) AS w (id)
     CROSS JOIN LATERAL (SELECT * FROM spec_change e WHERE e.hpa_id = w.id ORDER BY e.ts DESC LIMIT 1) c`,
    [hpaIds],
  );
  return new Map(records.map((record) => [record.hpa_id, toSpecChange(record)]));
}

export type SpecRange = { hpaId: number; from: number; to: number };

/** For each HPA the change in force at `from`, where there is one, and those after it up to `to`. */
export async function specsOver(sql: Sql, ranges: readonly SpecRange[]): Promise<SpecChanges> {
  if (ranges.length === 0) return new Map();
  return byHpa(
    await sql.rows<HpaSpecRecord>(
      `SELECT c.* FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, first, last)
       JOIN spec_change c ON c.hpa_id = w.id AND c.ts <= w.last AND c.ts >= COALESCE(
         (SELECT MAX(e.ts) FROM spec_change e WHERE e.hpa_id = w.id AND e.ts <= w.first), w.first)
       ORDER BY c.hpa_id, c.ts`,
      [ranges.map(({ hpaId }) => hpaId), ranges.map(({ from }) => from), ranges.map(({ to }) => to)],
    ),
  );
}

export type SpecReplacement = { hpaId: number; old: readonly SpecChange[]; planned: readonly SpecChange[] };

/** Replaces the changes `old` by `planned`, touching only what differs. */
export async function replaceSpecs(sql: Sql, replacements: readonly SpecReplacement[]): Promise<void> {
  const drops: [number, number][] = [];
  const puts: { hpaId: number; change: SpecChange }[] = [];
  for (const { hpaId, old, planned } of replacements) {
    const difference = specDifference(old, planned);
    for (const ts of difference.drops) drops.push([hpaId, ts]);
    for (const change of difference.puts) puts.push({ hpaId, change });
  }
  if (drops.length > 0)
    await sql.run(
      `DELETE FROM spec_change c USING unnest($1::bigint[], $2::bigint[]) AS w (id, ts) WHERE c.hpa_id = w.id AND c.ts = w.ts`,
      [drops.map(([id]) => id), drops.map(([, ts]) => ts)],
    );
  if (puts.length === 0) return;
  const column = (i: number) => puts.map(({ change }) => orNull(change.spec[i]));
  await sql.run(
    `INSERT INTO spec_change (hpa_id, ts, cpu_target, memory_target, replicas_min, replicas_max, cpu_basis, approximate)
     SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::double precision[], $4::double precision[], $5::double precision[],
       $6::double precision[], $7::text[], $8::smallint[])
     ON CONFLICT (hpa_id, ts) DO UPDATE SET cpu_target = EXCLUDED.cpu_target, memory_target = EXCLUDED.memory_target,
       replicas_min = EXCLUDED.replicas_min, replicas_max = EXCLUDED.replicas_max, cpu_basis = EXCLUDED.cpu_basis,
       approximate = EXCLUDED.approximate`,
    [
      puts.map(({ hpaId }) => hpaId),
      puts.map(({ change }) => change.ts),
      ...[0, 1, 2, 3].map(column),
      puts.map(({ change }) => basisOf(change.spec[4] ?? NaN)),
      puts.map(({ change }) => change.spec[5] ?? 0),
    ],
  );
}
