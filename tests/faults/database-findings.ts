import Sqlite from 'better-sqlite3';
import { readWatchedList } from '../../agent/src/storage/sqlite/watched-list.ts';

/** What was answered as done, as far as anybody heard of it. */
export type Acknowledged = {
  /** HPAs, as cluster/namespace/hpa. */
  enrolled: Set<string>;
  /** HPA -> the last acknowledged `mutedUntil`; a later one may have been written without being acknowledged. */
  muted: Map<string, number>;
  anomalies: Set<string>;
  settled: Set<number>;
};

export const nothingAcknowledged = (): Acknowledged => ({
  enrolled: new Set(),
  muted: new Map(),
  anomalies: new Set(),
  settled: new Set(),
});

const DUPLICATES = {
  'HPAs of one name': 'SELECT 1 FROM hpa GROUP BY cluster, namespace, name HAVING COUNT(*) > 1',
  'rows of one minute': 'SELECT 1 FROM stored_sample GROUP BY hpa_id, ts HAVING COUNT(*) > 1',
  'anomalies of one beginning': 'SELECT 1 FROM anomaly GROUP BY hpa_id, kind, started_at HAVING COUNT(*) > 1',
  'open anomalies of one kind':
    "SELECT 1 FROM anomaly WHERE state <> 'resolved' GROUP BY hpa_id, kind HAVING COUNT(*) > 1",
  'messages of one text': 'SELECT 1 FROM notification GROUP BY receiver, subject, message HAVING COUNT(*) > 1',
  'overlapping gaps':
    'SELECT 1 FROM gap a JOIN gap b ON a.hpa_id = b.hpa_id AND a.from_ts < b.from_ts AND a.to_ts >= b.from_ts',
};

/** Everything that is not as it has to be after a kill, as sentences; [] means all is well. */
export function findingsAfterKill(path: string, acknowledged: Acknowledged): string[] {
  const db = new Sqlite(path);
  try {
    const names = (sql: string) => new Set(db.prepare<[], string>(sql).pluck().all());
    const number = (sql: string) => Number(db.prepare(sql).pluck().get() ?? 0);
    const lost = <T>(what: string, wanted: Iterable<T>, isThere: (thing: T) => boolean) => {
      const missing = [...wanted].filter((thing) => !isThere(thing));
      return missing.length === 0 ? [] : [`${missing.length} lost: ${what}, such as ${String(missing[0])}`];
    };
    const integrity = (db.pragma('integrity_check') as { integrity_check: string }[]).map((r) => r.integrity_check);
    const orphans = (db.pragma('foreign_key_check') as unknown[]).length;
    const enrolled = names("SELECT cluster || '/' || namespace || '/' || name FROM hpa WHERE enrolled = 1");
    const listed = new Set(
      readWatchedList(path)?.hpas.map(({ cluster, namespace, hpa }) => `${cluster}/${namespace}/${hpa}`),
    );
    const anomalies = names('SELECT id FROM anomaly');
    const queued = new Set(db.prepare<[], number>('SELECT id FROM notification').pluck().all());
    const mutes = new Map(
      db
        .prepare<[], [string, number]>("SELECT cluster || '/' || namespace || '/' || name, muted_until FROM hpa")
        .raw()
        .all(),
    );
    return [
      ...integrity.filter((finding) => finding !== 'ok'),
      ...(orphans === 0 ? [] : [`${orphans} rows of HPAs that are not there`]),
      ...lost('acknowledged enrolments', acknowledged.enrolled, (name) => enrolled.has(name)),
      ...lost('acknowledged enrolments in the list', acknowledged.enrolled, (name) => listed.has(name)),
      ...lost('acknowledged mutes', acknowledged.muted, ([name, until]) => (mutes.get(name) ?? 0) >= until),
      ...lost('acknowledged anomalies', acknowledged.anomalies, (id) => anomalies.has(id)),
      ...lost('settled messages that are queued again', acknowledged.settled, (id) => !queued.has(id)),
      ...Object.entries(DUPLICATES).flatMap(([what, sql]) => (db.prepare(sql).get() === undefined ? [] : [what])),
      ...(number("SELECT value FROM counter WHERE name = 'samples'") === number('SELECT COUNT(*) FROM stored_sample')
        ? []
        : ['the counter of samples is wrong']),
    ];
  } finally {
    db.close();
  }
}
