import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { isClusterName, isHpaName, isNamespaceName } from '../../domain/hpa.ts';
import { clusterStatements } from './clusters.ts';
import { detectorStatements } from './detector-states.ts';
import { keeperBeside, pathBeside, readBeside } from './list-beside.ts';

/**
 * What people asked for, kept a second time beside the database: Prometheus can give samples again, but not which HPAs are
 * watched, muted or paused. It is written before the request that changes it is answered, and read only where the
 * database is damaged or lost.
 */

const time = z.number().int();
const minutes = z.object({ from: time, to: time });
const clusterSchema = z.object({
  name: z.string().refine(isClusterName),
  definition: z.union([z.object({ context: z.string() }), z.object({ prometheusUrl: z.string() })]).nullable(),
  lane: z.number().int().nullable(),
  place: z.number().int().nullable(),
  createdAt: time,
});
const hpaSchema = z.object({
  id: z.number().int().positive(),
  cluster: z.string().refine(isClusterName),
  namespace: z.string().refine(isNamespaceName),
  hpa: z.string().refine(isHpaName),
  /** false: stopped, its history is kept. */
  enrolled: z.boolean(),
  active: z.boolean(),
  enrolledAt: time,
  timezone: z.string().nullable(),
  mutedUntil: time.nullable(),
  normalSince: time.nullable(),
  exclusions: z.array(minutes),
});
const listSchema = z.object({
  format: z.literal(1),
  clusters: z.array(clusterSchema),
  hpas: z.array(hpaSchema),
});

export type WatchedList = z.infer<typeof listSchema>;
export type WatchedHpa = WatchedList['hpas'][number];

export const watchedListPath = (databasePath: string): string => pathBeside(databasePath, 'watched');

/** The list beside a database; null: there is none, or none that can be read. */
export const readWatchedList = (databasePath: string): WatchedList | null =>
  readBeside(watchedListPath(databasePath), listSchema);

type HpaRow = Omit<WatchedHpa, 'enrolled' | 'active' | 'exclusions'> & { enrolled: number; active: number };

/** Keeps the list beside an open database. */
export function watchedListKeeper(db: Database) {
  const clusters = clusterStatements(db);
  const detectors = detectorStatements(db);
  const hpas = db.prepare<[], HpaRow>(
    `SELECT id, cluster, namespace, name AS hpa, enrolled, active, enrolled_at AS "enrolledAt", timezone,
       muted_until AS "mutedUntil", normal_since AS "normalSince" FROM hpa ORDER BY id`,
  );
  const excluding = db
    .prepare<[], number>(
      'SELECT hpa_id FROM exclusion UNION SELECT hpa_id FROM anomaly WHERE excluded = 1 ORDER BY hpa_id',
    )
    .pluck();
  const read = db.transaction((): WatchedList => {
    const withExclusions = new Set(excluding.all());
    return {
      format: 1,
      clusters: clusters.listClusters(),
      hpas: hpas.all().map((row) => ({
        ...row,
        enrolled: row.enrolled === 1,
        active: row.active === 1,
        exclusions: withExclusions.has(row.id) ? detectors.exclusionsOf(row.id) : [],
      })),
    };
  });

  return keeperBeside(watchedListPath(db.name), () => read.deferred());
}
