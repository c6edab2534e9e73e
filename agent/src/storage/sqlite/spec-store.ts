import type { Database } from 'better-sqlite3';
import { basisOf, orNull } from '../packed.ts';
import { UNKNOWN_SPEC, type Spec, type SpecChange } from '../spec-changes.ts';
import { specDifference, toSpecChange, type SpecRecord } from '../spec-record.ts';

export type SpecStore = ReturnType<typeof specStatements>;

export function specStatements(db: Database) {
  const latest = db.prepare<[number, number], SpecRecord>(
    'SELECT * FROM spec_change WHERE hpa_id = ? AND ts <= ? ORDER BY ts DESC LIMIT 1',
  );
  const range = db.prepare<[number, number, number], SpecRecord>(
    'SELECT * FROM spec_change WHERE hpa_id = ? AND ts >= ? AND ts <= ? ORDER BY ts',
  );
  const put = db.prepare(
    `INSERT INTO spec_change (hpa_id, ts, cpu_target, memory_target, replicas_min, replicas_max, cpu_basis, approximate)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (hpa_id, ts) DO UPDATE SET cpu_target = excluded.cpu_target, memory_target = excluded.memory_target,
       replicas_min = excluded.replicas_min, replicas_max = excluded.replicas_max, cpu_basis = excluded.cpu_basis,
       approximate = excluded.approximate`,
  );
  const drop = db.prepare<[number, number]>('DELETE FROM spec_change WHERE hpa_id = ? AND ts = ?');

  const store = {
    /** The latest change at or before `ts`. */
    changeAt(hpaId: number, ts: number): SpecChange | null {
      const found = latest.get(hpaId, ts);
      return found ? toSpecChange(found) : null;
    },
    specAt: (hpaId: number, ts: number): Spec => store.changeAt(hpaId, ts)?.spec ?? UNKNOWN_SPEC,
    /** Changes from `from` to `to`, both included, ascending. */
    changesIn: (hpaId: number, from: number, to: number): SpecChange[] => range.all(hpaId, from, to).map(toSpecChange),
    /** Replaces the changes `old` by `planned`, touching only what differs. */
    replaceChanges(hpaId: number, old: readonly SpecChange[], planned: readonly SpecChange[]): void {
      const { drops, puts } = specDifference(old, planned);
      for (const ts of drops) drop.run(hpaId, ts);
      for (const { ts, spec } of puts) {
        const [cpu, memory, min, max, basis, approximate] = spec;
        const numbers = [cpu, memory, min, max].map(orNull);
        put.run(hpaId, ts, ...numbers, basisOf(basis ?? NaN), approximate);
      }
    },
  };
  return store;
}
