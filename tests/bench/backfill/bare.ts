import Sqlite from 'better-sqlite3';
import pLimit from 'p-limit';
import type { RangeQuery } from '../../../agent/src/prometheus/prometheus.ts';

type BareAnswer = {
  data: {
    result: { metric: Record<string, string>; values: [number, string][] }[];
    stats?: { samples: { totalQueryableSamples: number } };
  };
};

export async function bareQuery(url: string, path: string, form: Record<string, string>): Promise<BareAnswer> {
  const headers = { 'accept-encoding': 'identity' };
  const answer = await fetch(url + path, { method: 'POST', headers, body: new URLSearchParams(form) });
  return (await answer.json()) as BareAnswer;
}

export const bareRange = (url: string, { query, start, end, stepMs }: RangeQuery, more: Record<string, string> = {}) =>
  bareQuery(url, '/api/v1/query_range', {
    ...more,
    query,
    start: String(start / 1_000),
    end: String(end / 1_000),
    step: String(stepMs / 1_000),
  });

/** Samples that the server reads for a query, as it tells itself (2.42 has no counter of them yet). */
export async function samplesRead(url: string, range: RangeQuery): Promise<number> {
  const { data } = await bareRange(url, range, { stats: 'all' });
  if (data.stats === undefined) throw new Error('the server tells no statistics');
  return data.stats.samples.totalQueryableSamples;
}

const COLUMNS = 14;

/** Range queries by bare fetch, four at a time, and their values by one bare transaction: the least it can cost. */
export async function bareBackfill(url: string, ranges: readonly RangeQuery[], file: string): Promise<void> {
  const limit = pLimit(4);
  const answers = await Promise.all(ranges.map((range) => limit(() => bareRange(url, range))));
  const byName = new Map<string, Map<number, (number | null)[]>>();
  for (const [column, { data }] of answers.entries()) {
    for (const { metric, values } of data.result) {
      // In these fleets an HPA and its target have one name.
      const name = metric['horizontalpodautoscaler'] ?? metric['owner_name'] ?? '';
      const rows = byName.get(name) ?? new Map<number, (number | null)[]>();
      byName.set(name, rows);
      for (const [at, text] of values) {
        const row = rows.get(at) ?? Array.from({ length: COLUMNS }, () => null);
        rows.set(at, row);
        row[column % COLUMNS] = Number(text);
      }
    }
  }
  const db = new Sqlite(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  const columns = Array.from({ length: COLUMNS }, (_, index) => `c${index}`);
  db.exec(`CREATE TABLE IF NOT EXISTS s (hpa, ts, ${columns.join()}, PRIMARY KEY (hpa, ts)) WITHOUT ROWID`);
  const insert = db.prepare(`INSERT OR REPLACE INTO s VALUES (?, ?, ${columns.map(() => '?').join()})`);
  db.transaction(() => {
    for (const [id, rows] of [...byName.values()].entries()) rows.forEach((row, at) => insert.run(id, at, ...row));
  })();
  db.close();
}
