import { existsSync } from 'node:fs';
import Sqlite, { type Database } from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import { AgentError } from '../../core/errors.ts';
import { hpaId, type HpaKey } from '../../domain/hpa.ts';
import type { Sample } from '../../domain/sample.ts';
import { detectorStatements } from './detector-states.ts';
import { storageError } from './faults.ts';
import { gapStatements } from './gaps.ts';
import { SELECT_HPA, toHpa, type HpaRecord } from '../hpa-record.ts';
import { unpackSamples } from '../packed.ts';
import { MIGRATIONS } from './schema.ts';
import { MAX_ROWS, seriesStatements } from './series.ts';
import { specStatements } from './spec-store.ts';
import type { StoredHpa } from '../store.ts';

export type StoredHistory = {
  hpa: StoredHpa;
  /** Ascending. */
  samples: Sample[];
  /** Up to here rows may be five minutes apart (collected afterwards or thinned), after it they are a minute apart. */
  coarseUntil: number;
  /** Minutes after `coarseUntil` at which the HPA has no row although its cluster answered. */
  emptyMinutes: number[];
  /** Minutes that a person left out of the baseline. */
  exclude: { from: number; to: number }[];
};

/**
 * Everything kept of one HPA from `from` to `to`, out of a database that an agent may be writing to: it is neither migrated nor locked
 * (a reader of a write-ahead log hinders no writer) and never written. HPAs that are watched no more are found too.
 * @throws AgentError `hpa/not-enrolled` with the names there are, `storage/newer-schema`, `storage/corrupt`, `storage/failed`
 */
export function readStoredHistory(path: string, key: HpaKey, window: { from: number; to: number }): StoredHistory {
  if (!existsSync(path)) throw new AgentError('storage/failed', `There is no database ${path}.`, { details: { path } });
  let db: Database | undefined;
  try {
    db = new Sqlite(path, { readonly: true, fileMustExist: true });
    assertSchema(db);
    const opened = db;
    return opened.transaction(() => readHistory(opened, key, window)).deferred();
  } catch (error) {
    throw storageError(error, path);
  } finally {
    db?.close();
  }
}

/** @throws AgentError `storage/newer-schema`, `storage/failed` for one that this version does not read */
export function assertSchema(db: Database): void {
  const found = Number(db.pragma('user_version', { simple: true }));
  const known = MIGRATIONS.length;
  if (found === known) return;
  if (found > known)
    throw new AgentError(
      'storage/newer-schema',
      `The database ${db.name} has schema ${found}, and this version of HPA Watch knows ${known} at most: run the newer version.`,
      { details: { found, known } },
    );
  const message =
    found === 0
      ? `${db.name} is no database of HPA Watch; allowed: the monitoring.db of an agent's data directory.`
      : `The database ${db.name} has schema ${found} and this version reads ${known}: start this version's agent on it once.`;
  throw new AgentError('storage/failed', message, { details: { found, known } });
}

function readHistory(db: Database, key: HpaKey, { from, to }: { from: number; to: number }): StoredHistory {
  const { cluster, namespace, hpa: name } = key;
  const select = `${SELECT_HPA} WHERE h.cluster = ? AND h.namespace = ? AND h.name = ?`;
  const record = db.prepare<string[], HpaRecord>(select).get(cluster, namespace, name);
  if (!record) throw notKept(db, key);
  const hpa = toHpa(record);
  const series = seriesStatements(db, specStatements(db));
  const samples: Sample[] = [];
  for (let next = from; ;) {
    const rows = unpackSamples(series.readSeries(hpa.id, { from: next, to }));
    for (const row of rows) samples.push(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < MAX_ROWS) break;
    next = last.ts + 1;
  }
  const thinnedUntil = db
    .prepare<[number], number>('SELECT thinned_until FROM scan_state WHERE hpa_id = ?')
    .pluck()
    .get(hpa.id);
  const coarseUntil = Math.max(hpa.enrolledAt, thinnedUntil ?? 0);
  return {
    hpa,
    samples,
    coarseUntil,
    emptyMinutes: emptyMinutes(db, hpa, samples, { from: Math.max(from, coarseUntil + 1), to }),
    exclude: detectorStatements(db).exclusionsOf(hpa.id),
  };
}

/** Only minutes without a row are looked up: they are few, and another HPA's row at a minute is found by its key. */
function emptyMinutes(
  db: Database,
  hpa: StoredHpa,
  samples: readonly Sample[],
  { from, to }: { from: number; to: number },
) {
  const end = Math.min(to, hpa.scannedUntil ?? -Infinity);
  const known = new Set(samples.map(({ ts }) => ts));
  const first = samples[0]?.ts ?? Infinity;
  const gaps = gapStatements(db)
    .openGaps(hpa.cluster)
    .filter(({ hpaId: id }) => id === hpa.id);
  const others = db
    .prepare<[number, string], number>(
      'SELECT EXISTS (SELECT 1 FROM hpa h JOIN stored_sample s ON s.hpa_id = h.id AND s.ts = ? WHERE h.cluster = ?)',
    )
    .pluck();
  const empty: number[] = [];
  for (let ts = Math.ceil(Math.max(from, first) / MINUTE) * MINUTE; ts <= end; ts += MINUTE) {
    if (known.has(ts) || gaps.some((gap) => ts >= gap.from && ts <= gap.to)) continue;
    if (others.get(ts, hpa.cluster) === 1) empty.push(ts);
  }
  return empty;
}

const NAMES_SHOWN = 20;

function notKept(db: Database, key: HpaKey): AgentError {
  const names = db
    .prepare<[], string>(`SELECT cluster || '/' || namespace || '/' || name FROM hpa ORDER BY cluster, namespace, name`)
    .pluck()
    .all();
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more` : '';
  const there = names.length === 0 ? 'no HPA at all' : `${names.slice(0, NAMES_SHOWN).join(', ')}${more}`;
  return new AgentError('hpa/not-enrolled', `${db.name} holds nothing of ${hpaId(key)}; it holds ${there}.`);
}
