import type { Database } from 'better-sqlite3';
import { DAY, MINUTE, floorTo } from '../../core/clock.ts';
import { QUEUED_BASELINE } from '../../domain/baseline.ts';
import { clusterStatements } from './clusters.ts';
import { detectorStatements } from './detector-states.ts';
import { fittingRows } from './fitting-rows.ts';
import { hasTable, readHpaIds, readRowsOf, readTable, type Row } from './readable-rows.ts';
import { TOLD_TABLES, takeUpTold, type ToldList } from './told-list.ts';
import type { WatchedHpa, WatchedList } from './watched-list.ts';

export type Salvaged = {
  clusters: number;
  /** Watched again. */
  hpas: number;
  /** Read out of the damaged database; the others come from Prometheus. */
  samples: number;
  anomalies: number;
  /** Tables of the damaged database that could not be read to their end. */
  incomplete: string[];
};

export type SalvageSources = {
  /** A connection that only reads; null: there is nothing to read. */
  damaged: Database | null;
  list: WatchedList | null;
  told: ToldList | null;
};

/** Before samples, since an anomaly or a profile is worth more than a minute. */
const OF_AN_HPA = ['exclusion', 'anomaly', 'detector_state', 'revision_change', 'spec_change', 'sample'] as const;
/** Everything since then is asked of Prometheus again; what is older, retention drops by default. */
const ASK_AGAIN_MS = 30 * DAY;
/** Samples that are not read by then are left to Prometheus: nobody watches meanwhile. */
const SAMPLES_WITHIN_MS = 20_000;

/**
 * Fills a new database: who is watched, from the list beside the database and from what the damaged one still tells; of each HPA whatever can
 * be read; and open cursors, so that the scans ask Prometheus for everything again. A value that Prometheus gives replaces a salvaged one.
 */
export function salvage(
  fresh: Database,
  { damaged, list, told }: SalvageSources,
  now: number,
  elapsed: () => number,
): Salvaged {
  const incomplete = new Set<string>();
  const note = (table: string, complete: boolean) => void (complete || incomplete.add(table));
  const copyTable = (table: string) => {
    if (damaged === null) return;
    const write = fittingRows(fresh, table);
    note(table, readTable(damaged, table, (row) => note(table, write(row))).complete);
  };
  const inTransaction = (run: () => void) => fresh.transaction(run).immediate();

  inTransaction(() => {
    copyTable('cluster');
    copyTable('hpa');
    if (damaged !== null && incomplete.has('hpa')) {
      const write = fittingRows(fresh, 'hpa');
      for (const id of readHpaIds(damaged)) readRowsOf(damaged, 'hpa', 'id', id, write);
    }
    if (list !== null) takeUpList(fresh, list);
    if (told === null) TOLD_TABLES.forEach(copyTable);
    else takeUpTold(fresh, told);
  });

  inTransaction(() => {
    // First, since of a row that stands in both the one in `sample` is the newer.
    if (damaged === null || !hasTable(damaged, 'recent_sample')) return;
    const write = fittingRows(fresh, 'sample');
    note('sample', readTable(damaged, 'recent_sample', write, ['ts', 'hpa_id']).complete);
  });

  const ids = fresh.prepare<[], number>('SELECT id FROM hpa ORDER BY enrolled DESC, id').pluck().all();
  const writers = OF_AN_HPA.map((table) => [table, fittingRows(fresh, table)] as const);
  const giveUpAt = elapsed() + SAMPLES_WITHIN_MS;
  const progress = progressOf(fresh, now);
  for (const id of ids)
    inTransaction(() => {
      let samplesComplete = damaged !== null;
      if (damaged !== null)
        for (const [table, write] of writers) {
          const inTime = table !== 'sample' || elapsed() < giveUpAt;
          const complete =
            inTime && readRowsOf(damaged, table, 'hpa_id', id, (row) => note(table, write(row))).complete;
          note(table, complete);
          if (table === 'sample') samplesComplete = complete;
        }
      progress.askAgain(id, lastScanOf(damaged, id), samplesComplete);
    });
  if (list !== null) inTransaction(() => takeUpExclusions(fresh, list));
  inTransaction(() => setCounters(fresh));
  return { ...totals(fresh), incomplete: [...incomplete] };
}

function takeUpList(fresh: Database, { clusters, hpas }: WatchedList): void {
  const stored = clusterStatements(fresh);
  clusters.forEach((cluster) => stored.saveCluster(cluster));
  const idOf = fresh.prepare<[string, string, string], number>(
    'SELECT id FROM hpa WHERE cluster = ? AND namespace = ? AND name = ?',
  );
  const drop = fresh.prepare<[number]>('DELETE FROM hpa WHERE id = ?');
  const hasId = fresh.prepare<[number, string, string, string], number>(
    'SELECT 1 FROM hpa WHERE id = ? AND cluster = ? AND namespace = ? AND name = ?',
  );
  const insert = fresh.prepare(
    `INSERT OR REPLACE INTO hpa (id, cluster, namespace, name, enrolled, active, enrolled_at, metrics, baseline_state,
       baseline_progress, baseline_columns, baseline_attempts) VALUES (?, ?, ?, ?, 1, 1, ?, '[]', ?, 0, ?, 0)`,
  );
  const settle = fresh.prepare(
    `UPDATE hpa SET enrolled = ?, active = ?, enrolled_at = ?, timezone = ?, muted_until = ?, normal_since = ?
     WHERE id = ?`,
  );
  const columns = JSON.stringify(QUEUED_BASELINE.columns);
  const takeUp = ({ id, cluster, namespace, hpa, ...of }: WatchedHpa) => {
    if (hasId.get(id, cluster, namespace, hpa) === undefined) {
      const other = idOf.pluck().get(cluster, namespace, hpa);
      if (other !== undefined) drop.run(other);
      insert.run(id, cluster, namespace, hpa, of.enrolledAt, QUEUED_BASELINE.state, columns);
    }
    const flags = [of.enrolled ? 1 : 0, of.active ? 1 : 0];
    settle.run(...flags, of.enrolledAt, of.timezone, of.mutedUntil, of.normalSince, id);
  };
  hpas.forEach(takeUp);
}

function takeUpExclusions(fresh: Database, { hpas }: WatchedList): void {
  const detectors = detectorStatements(fresh);
  for (const { id, exclusions } of hpas) for (const { from, to } of exclusions) detectors.addExclusion(id, from, to);
}

/** How far an HPA has been scanned, set back to where Prometheus has to be asked from. */
function progressOf(fresh: Database, now: number) {
  const enrolledAt = fresh.prepare<[number], number>('SELECT enrolled_at FROM hpa WHERE id = ?').pluck();
  const insert = fresh.prepare<[number, number | null, number | null, number]>(
    `INSERT INTO scan_state (hpa_id, scanned_until, last_scan_at, thinned_until, carried_until)
     VALUES (?, ?, ?, 0, COALESCE((SELECT MAX(ts) FROM sample WHERE hpa_id = ?), 0))`,
  );
  const queue = fresh.prepare<[string, number]>(
    `UPDATE hpa SET baseline_state = ?, baseline_progress = 0, baseline_window_end = NULL, baseline_next_attempt_at = NULL,
       baseline_reason = NULL WHERE id = ?`,
  );
  return {
    askAgain(id: number, lastScanAt: number | null, samplesComplete: boolean): void {
      const oldest = floorTo(now - ASK_AGAIN_MS, MINUTE);
      // null: from its enrolment on.
      insert.run(id, (enrolledAt.get(id) ?? 0) < oldest ? oldest : null, lastScanAt, id);
      if (!samplesComplete) queue.run(QUEUED_BASELINE.state, id);
    },
  };
}

function lastScanOf(damaged: Database | null, id: number): number | null {
  const found: Row[] = [];
  if (damaged !== null) readRowsOf(damaged, 'scan_state', 'hpa_id', id, (row) => found.push(row));
  const at = found[0]?.last_scan_at;
  return Number.isSafeInteger(at) ? (at as number) : null;
}

function setCounters(fresh: Database): void {
  const set = (name: string, value: string) =>
    fresh.prepare(`UPDATE counter SET value = (SELECT COALESCE(${value}, 0)) WHERE name = ?`).run(name);
  set('samples', '(SELECT COUNT(*) FROM sample)');
  set('baseline_samples', '(SELECT SUM(is_baseline) FROM sample)');
  set('anomaly_changes', '(SELECT MAX(change_seq) FROM anomaly)');
}

function totals(fresh: Database) {
  const count = (sql: string) => Number(fresh.prepare(`SELECT COUNT(*) FROM ${sql}`).pluck().get());
  return {
    clusters: count('cluster'),
    hpas: count('hpa WHERE enrolled = 1'),
    samples: count('sample'),
    anomalies: count('anomaly'),
  };
}
