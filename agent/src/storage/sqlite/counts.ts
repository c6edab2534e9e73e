import { statSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import type { DatabaseCounts } from '../store.ts';

export type CounterChange = { samples: number; baseline: number };

/** Totals, kept exact in the transactions that write or delete samples. */
export function countStatements(db: Database) {
  const add = db.prepare<[number, string]>('UPDATE counter SET value = value + ? WHERE name = ?');
  const read = db.prepare<[], { name: string; value: number }>('SELECT name, value FROM counter');
  // What waits of an HPA is later than what it has in `sample`; what was carried over is a copy, which may outlive its row.
  const oldest = db.prepare<[], { ts: number | null }>(
    `SELECT MIN(COALESCE(
       (SELECT MIN(s.ts) FROM sample s WHERE s.hpa_id = h.id),
       (SELECT r.ts FROM scan_state p JOIN recent_minute m ON m.ts > p.carried_until
          CROSS JOIN recent_sample r ON r.ts = m.ts AND r.hpa_id = p.hpa_id
        WHERE p.hpa_id = h.id ORDER BY m.ts LIMIT 1))) AS ts
     FROM hpa h`,
  );
  return {
    addToCounters({ samples, baseline }: CounterChange): void {
      if (samples !== 0) add.run(samples, 'samples');
      if (baseline !== 0) add.run(baseline, 'baseline_samples');
    },
    counts(): DatabaseCounts {
      const values = new Map(read.all().map(({ name, value }) => [name, value]));
      const total = values.get('samples') ?? 0;
      const baseline = values.get('baseline_samples') ?? 0;
      return {
        total,
        baseline,
        monitoring: total - baseline,
        bytes: fileBytes(db.name) + fileBytes(`${db.name}-wal`),
        oldest: oldest.get()?.ts ?? null,
        exact: true,
      };
    },
  };
}

const fileBytes = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
