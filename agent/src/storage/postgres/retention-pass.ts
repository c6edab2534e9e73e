import { HOUR, MINUTE } from '../../core/clock.ts';
import { isAgentError } from '../../core/errors.ts';
import { cutoffs, THIN_STEP_MS } from '../retention-cutoffs.ts';
import type { RetentionPolicy, RetentionStep } from '../store.ts';
import type { AnomalyParts } from './anomaly-parts.ts';
import type { PostgresDatabase } from './database.ts';
import type { Partitions } from './partitions.ts';
import { compact, dropDay, nextStretch, thin } from './retention.ts';
import type { Sql } from './sql.ts';

type Phase = 'days' | 'minutes' | 'changes' | 'anomalies';
const NEXT: Record<Phase, Phase> = { days: 'minutes', minutes: 'changes', changes: 'anomalies', anomalies: 'days' };

/**
 * How long a transaction may take; none of them holds up a scan, which writes other rows, but for the moment in which a day is dropped.
 * So this is about how soon its rows are free again, and not `maxMs`, which is how long the one writer of SQLite may be away.
 */
const WANTED_MS = 200;
const SHORTEST_MS = THIN_STEP_MS;
const LONGEST_MS = 6 * HOUR;
const ANOMALIES_A_STEP = 200;

export type RetentionDeps = {
  database: PostgresDatabase;
  partitions: Partitions;
  anomalies: AnomalyParts;
  elapsed: () => number;
};

/** Retention as a walk, continued from call to call: whole days, minutes, changes, anomalies. One agent at a time does it. */
export function retentionPass({ database, partitions, anomalies, elapsed }: RetentionDeps) {
  let phase: Phase = 'days';
  let sliceMs = 30 * MINUTE;

  /** Answers what `run` does, or null where another agent is at it. */
  const alone = <T>(run: (sql: Sql) => Promise<T>): Promise<T | null> =>
    database.write([], 'agent', async (sql) => {
      const free = await sql.first(
        "SELECT name FROM hpa_watch_lock WHERE name = 'housekeeping' FOR UPDATE SKIP LOCKED",
      );
      return free === null ? null : run(sql);
    });

  /** One piece of work of a phase: how many rows went, and whether there may be more of it. null: somebody else is at it. */
  const work: Record<
    Phase,
    (policy: RetentionPolicy, now: number) => Promise<{ deleted: number; more: boolean } | null>
  > = {
    async days(policy, now) {
      await partitions.ensureAhead(now);
      const { expireBefore } = cutoffs(policy, now);
      try {
        return await alone(async (sql) => {
          const dropped = await dropDay(sql, expireBefore, partitions.enabled);
          return { deleted: dropped ?? 0, more: dropped !== null };
        });
      } catch (error) {
        // Somebody reads all of history just now. The day is dropped in the next walk; who waits for its table would hold up everybody.
        if (isAgentError(error) && error.code === 'storage/busy') return { deleted: 0, more: false };
        throw error;
      } finally {
        partitions.forget();
      }
    },
    minutes: (policy, now) =>
      alone(async (sql) => {
        const stretch = await nextStretch(sql, cutoffs(policy, now).thinBefore, sliceMs);
        if (stretch === null) return { deleted: 0, more: false };
        const started = elapsed();
        const deleted = await thin(sql, stretch);
        const factor = Math.min(2, Math.max(0.25, WANTED_MS / Math.max(1, elapsed() - started)));
        sliceMs = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, sliceMs * factor));
        return { deleted, more: true };
      }),
    changes: (policy, now) =>
      alone(async (sql) => {
        await compact(sql, cutoffs(policy, now).expireBefore);
        return { deleted: 0, more: false };
      }),
    anomalies: (policy, now) =>
      alone(async (sql) => {
        const gone = await anomalies.expireAnomalies(sql, cutoffs(policy, now).expireBefore, ANOMALIES_A_STEP);
        return { deleted: 0, more: gone >= ANOMALIES_A_STEP };
      }),
  };

  return async function retain(policy: RetentionPolicy, now: number): Promise<RetentionStep> {
    const started = elapsed();
    const did = await work[phase](policy, now);
    const isLast = phase === 'anomalies' && did?.more !== true;
    if (did === null) phase = 'days';
    else if (!did.more) phase = NEXT[phase];
    return { done: did === null || isLast, deleted: did?.deleted ?? 0, freedPages: 0, heldMs: elapsed() - started };
  };
}
