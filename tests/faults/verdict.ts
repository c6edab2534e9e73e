import { statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { BASE, INCIDENTS } from './history.ts';
import type { Told } from './receiver.ts';
import { COMPARED, type Row, type Truth } from './truth.ts';

export type Minutes = { from: number; to: number };

export type RowsVerdict = {
  /** Minutes that Prometheus has and the table has not. */
  missing: number;
  /** Minutes with other values than Prometheus has. */
  wrong: number;
  duplicates: number;
  /** What SQLite's own check finds. */
  damage: string[];
};

type Stored = {
  hpa: string;
  ts: number;
  replicas: number | null;
  mib: number | null;
  cpu: number | null;
  pressure: number | null;
};

const isClose = (a: number | null, b: number): boolean =>
  a !== null && Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b));
const isSame = (row: Stored, wanted: Row): boolean =>
  isClose(row.replicas, wanted.replicas) &&
  isClose(row.mib, wanted.memoryMib) &&
  isClose(row.cpu, wanted.cpuPercent) &&
  isClose(row.pressure, wanted.pressure);

/** The table, minute by minute, against what Prometheus has; minutes in `except` have no value anyone could know. */
export function judgeRows(file: string, truth: Truth, until: number, except: readonly Minutes[]): RowsVerdict {
  statSync(file);
  const db = new Database(file, { readonly: true });
  try {
    const stored = db
      .prepare<[number, number], Stored>(
        `SELECT h.name AS hpa, s.ts AS ts, s.replicas_current AS replicas, s.memory_current AS mib, s.cpu_current AS cpu, s.pressure AS pressure
           FROM stored_sample s JOIN hpa h ON h.id = s.hpa_id WHERE s.ts BETWEEN ? AND ?`,
      )
      .all(COMPARED.from, until);
    const byKey = new Map(stored.map((row) => [`${row.hpa} ${row.ts}`, row]));
    let [missing, wrong] = [0, 0];
    for (const [hpa, minutes] of truth) {
      for (const [at, wanted] of minutes) {
        if (at > until || except.some(({ from, to }) => at >= from && at <= to)) continue;
        const row = byKey.get(`${hpa} ${at}`);
        if (!row) missing += 1;
        else if (!isSame(row, wanted)) wrong += 1;
      }
    }
    const twice = db
      .prepare('SELECT 1 FROM hpa_snapshots GROUP BY cluster, namespace, hpa_name, timestamp HAVING count(*) > 1')
      .all().length;
    const offGrid = db.prepare(`SELECT 1 FROM stored_sample WHERE ts % ${MINUTE} <> 0`).all().length;
    const findings = db.pragma('integrity_check') as { integrity_check: string }[];
    const damage = findings.map(({ integrity_check: finding }) => finding).filter((finding) => finding !== 'ok');
    return { missing, wrong, duplicates: twice + offGrid, damage };
  } finally {
    db.close();
  }
}

/** Where collecting stands, by the tables; null: they cannot be read. */
export function progressOf(dataDir: string): { until: number; open: number; queued: number } | null {
  let db: Database.Database | null = null;
  try {
    db = new Database(join(dataDir, 'monitoring.db'), { readonly: true, fileMustExist: true, timeout: 200 });
    const one = (sql: string): number => db?.prepare<[], number>(sql).pluck().get() ?? 0;
    return {
      until: one('SELECT coalesce(min(coalesce(scanned_until, 0)), 0) FROM scan_state'),
      open: one("SELECT count(*) FROM hpa WHERE baseline_state <> 'ready'") + one('SELECT count(*) FROM gap'),
      queued: one('SELECT count(*) FROM notification'),
    };
  } catch {
    return null;
  } finally {
    db?.close();
  }
}

export type ToldVerdict = { lost: string[]; doubled: string[] };

/** Each incident begins and ends once, for whoever counts what it acknowledged. */
export function judgeTold(told: readonly Told[], events: readonly string[] = ['firing', 'resolved']): ToldVerdict {
  const wanted = Object.keys(INCIDENTS).flatMap((hpa) => events.map((event) => `${hpa} ${event}`));
  const taken = told.filter((entry) => entry.taken).map(({ hpa, event }) => `${hpa} ${event}`);
  return {
    lost: wanted.filter((name) => !taken.includes(name)),
    doubled: taken.filter((name, i) => taken.indexOf(name) !== i),
  };
}

/** Points of the backfill's grid in these minutes, which nobody could know. */
export const pointsIn = (ranges: readonly Minutes[]): number =>
  ranges.reduce(
    (sum, { from, to }) => sum + Math.floor(Math.min(to, BASE) / 300_000) - Math.ceil(from / 300_000) + 1,
    0,
  );

/** Points that the first backfill of an HPA enrolled at BASE brings. */
export const BACKFILLED_POINTS = 864;
export const countBaseline = (dataDir: string): number => {
  const db = new Database(join(dataDir, 'monitoring.db'), { readonly: true });
  try {
    const count =
      'SELECT min(n) FROM (SELECT (SELECT count(*) FROM stored_sample s WHERE s.hpa_id = hpa.id AND ts <= ? AND ts % 300000 = 0) AS n FROM hpa)';
    return db.prepare<[number], number>(count).pluck().get(BASE) ?? 0;
  } finally {
    db.close();
  }
};
