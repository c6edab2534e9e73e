import type { RevisionsSeen } from '../../domain/change.ts';
import {
  planRevisionChanges,
  REMEMBERED_REVISIONS,
  revisionsByInstant,
  type RevisionChange,
} from '../revision-changes.ts';
import type { HpaRevisions, HpaRollout } from '../store.ts';
import type { Sql } from './sql.ts';

type Found = RevisionChange & { hpaId: number };
type Range = { hpaId: number; from: number; to: number };

/** Adds what was seen of several HPAs, in whatever order windows come. The HPAs must be locked. */
export async function writeRevisions(sql: Sql, revisions: readonly HpaRevisions[]): Promise<void> {
  const seenBy = new Map<number, RevisionsSeen[]>();
  for (const { hpaId, seen } of revisions)
    if (seen.length > 0) seenBy.set(hpaId, [...(seenBy.get(hpaId) ?? []), ...seen]);
  if (seenBy.size === 0) return;
  for (const seen of seenBy.values()) seen.sort((a, b) => a.at - b.at);
  const ranges = [...seenBy].map(([hpaId, seen]) => ({ hpaId, from: seen[0]?.at ?? 0, to: seen.at(-1)?.at ?? 0 }));
  const known = grouped(await before(sql, ranges));
  // Up to the first one after: what was the newest there may be none any more.
  const stored = grouped(
    await sql.rows<Found>(
      `SELECT r.hpa_id AS "hpaId", r.ts, r.revision FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS w (id, first, last)
       JOIN revision_change r ON r.hpa_id = w.id AND r.ts >= w.first AND r.ts <= COALESCE(
         (SELECT MIN(e.ts) FROM revision_change e WHERE e.hpa_id = w.id AND e.ts > w.last), w.last)
       ORDER BY r.hpa_id, r.ts, r.revision`,
      columnsOf(ranges),
    ),
  );
  const drops: Found[] = [];
  const puts: Found[] = [];
  for (const [hpaId, seen] of seenBy) {
    const there = stored.get(hpaId) ?? [];
    // Stored first: at the same instant they decide what a change is.
    const points = [...revisionsByInstant(there), ...seen].sort((a, b) => a.at - b.at);
    const planned = planRevisionChanges(
      (known.get(hpaId) ?? []).map(({ revision }) => revision),
      points,
    );
    drops.push(...there.filter((change) => !isIn(planned, change)));
    puts.push(...planned.filter((change) => !isIn(there, change)).map((change) => ({ hpaId, ...change })));
  }
  if (drops.length > 0)
    await sql.run(
      `DELETE FROM revision_change r USING unnest($1::bigint[], $2::bigint[], $3::text[]) AS w (id, ts, revision)
       WHERE r.hpa_id = w.id AND r.ts = w.ts AND r.revision = w.revision`,
      changeColumns(drops),
    );
  if (puts.length > 0)
    await sql.run(
      `INSERT INTO revision_change (hpa_id, ts, revision) SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[])`,
      changeColumns(puts),
    );
}

const isIn = (list: readonly RevisionChange[], { ts, revision }: RevisionChange): boolean =>
  list.some((other) => other.ts === ts && other.revision === revision);

const columnsOf = (ranges: readonly Range[]) => [
  ranges.map(({ hpaId }) => hpaId),
  ranges.map(({ from }) => from),
  ranges.map(({ to }) => to),
];
const changeColumns = (changes: readonly Found[]) => [
  changes.map(({ hpaId }) => hpaId),
  changes.map(({ ts }) => ts),
  changes.map(({ revision }) => revision),
];

function grouped(found: readonly Found[]): Map<number, Found[]> {
  const groups = new Map<number, Found[]>();
  for (const change of found) groups.set(change.hpaId, [...(groups.get(change.hpaId) ?? []), change]);
  return groups;
}

/** The latest changes of each HPA before its range, ascending. */
const before = (sql: Sql, ranges: readonly Range[]): Promise<Found[]> =>
  sql.rows<Found>(
    `SELECT w.id AS "hpaId", r.ts, r.revision FROM unnest($1::bigint[], $2::bigint[]) AS w (id, first)
     CROSS JOIN LATERAL (SELECT e.ts, e.revision FROM revision_change e WHERE e.hpa_id = w.id AND e.ts < w.first
       ORDER BY e.ts DESC, e.revision DESC LIMIT ${REMEMBERED_REVISIONS}) r
     ORDER BY w.id, r.ts, r.revision`,
    columnsOf(ranges).slice(0, 2),
  );

export const revisionsBefore = (sql: Sql, hpaId: number, ts: number): Promise<RevisionChange[]> =>
  before(sql, [{ hpaId, from: ts, to: ts }]);

export const revisionsIn = (sql: Sql, hpaId: number, from: number, to: number): Promise<RevisionChange[]> =>
  sql.rows<RevisionChange>(
    'SELECT ts, revision FROM revision_change WHERE hpa_id = $1 AND ts >= $2 AND ts <= $3 ORDER BY ts, revision',
    [hpaId, from, to],
  );

/** What an HPA is first seen with is no rollout: something must stand before it. */
export const rolloutsOf = (sql: Sql, cluster: string, from: number, to: number): Promise<HpaRollout[]> =>
  sql.rows<HpaRollout>(
    `SELECT r.hpa_id AS "hpaId", r.ts AS "at", r.revision AS "to",
       EXISTS (SELECT 1 FROM revision_change e WHERE e.hpa_id = r.hpa_id AND e.ts < r.ts AND e.revision = r.revision) AS "isReturn"
     FROM revision_change r JOIN hpa h ON h.id = r.hpa_id
     WHERE h.cluster = $1 AND h.enrolled = 1 AND r.ts >= $2 AND r.ts <= $3
       AND EXISTS (SELECT 1 FROM revision_change e WHERE e.hpa_id = r.hpa_id AND e.ts < r.ts)
     ORDER BY r.ts, r.hpa_id, r.revision`,
    [cluster, from, to],
  );
