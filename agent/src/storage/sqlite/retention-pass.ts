import type { Database } from 'better-sqlite3';
import type { CounterChange } from './counts.ts';
import { cutoffs } from '../retention-cutoffs.ts';
import type { Retention } from './retention.ts';
import type { RetentionPolicy, RetentionStep } from '../store.ts';

type Phase = 'rows' | 'anomalies' | 'space' | 'log';

export type RetentionDeps = {
  db: Database;
  retention: Retention;
  addToCounters(change: CounterChange): void;
  /** Carries over what waits of an HPA: only `sample` is looked into. */
  settle(hpaId: number): void;
  forget(hpaId: number): void;
  /** Deletes at most `limit` past anomalies, and what goes with them; answers how many. */
  expireAnomalies(before: number, limit: number): number;
  /** Runs `fn` in one write transaction. */
  write<T>(fn: () => T): T;
  /** Monotonic, ms. */
  elapsed(): number;
};

/** Of the time a step may hold the writer, the share for its statements; commit and checkpoint need the rest. */
const SHARE = 0.2;
const MIN_CHUNK = 50;
const MAX_CHUNK = 5_000;
const ANOMALIES_A_STEP = 200;

/**
 * Retention as a walk over all HPAs, continued from call to call: rows first, then anomalies, file space and the log. Each call is one
 * short transaction; how much it takes on follows from how long the last chunks took.
 */
export function retentionPass(deps: RetentionDeps) {
  const { db, retention } = deps;
  let phase: Phase = 'rows';
  let afterHpaId = 0;
  let chunkRows = 200;
  let chunkPages = 64;

  const adapt = (size: number, tookMs: number, wantedMs: number): number => {
    const factor = tookMs <= 0 ? 2 : Math.min(2, Math.max(0.25, wantedMs / tookMs));
    return Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, Math.floor(size * factor)));
  };

  /** One chunk of the next HPA; null: all HPAs are through. */
  const stepRows = (policy: RetentionPolicy, now: number): { samples: number; baseline: number } | null => {
    const hpa = retention.nextHpa(afterHpaId);
    if (!hpa) return null;
    const { hpaId, thinnedUntil } = hpa;
    const { expireBefore, thinBefore } = cutoffs(policy, now);
    if (!retention.reaches(hpaId, thinBefore)) deps.settle(hpaId);
    // Whatever the writer remembers of this HPA may be wrong from here on, also when this walk stops in the middle of it.
    deps.forget(hpaId);
    const { done, gone } = retention.expire(hpaId, expireBefore, chunkRows);
    if (!done) return gone;
    let thinnedAll = true;
    const from = Math.max(thinnedUntil, 0);
    if (from < thinBefore) {
      const thinned = retention.thin(hpaId, from, thinBefore, chunkRows);
      gone.samples += thinned.gone.samples;
      gone.baseline += thinned.gone.baseline;
      thinnedAll = thinned.until >= thinBefore;
    }
    if (thinnedAll) {
      retention.compact(hpaId, expireBefore);
      afterHpaId = hpaId;
    }
    return gone;
  };

  const deleteRows = (policy: RetentionPolicy, now: number, budgetMs: number): number =>
    deps.write(() => {
      const started = deps.elapsed();
      const total: CounterChange = { samples: 0, baseline: 0 };
      while (deps.elapsed() - started < budgetMs) {
        const before = deps.elapsed();
        const gone = stepRows(policy, now);
        if (gone === null) {
          phase = 'anomalies';
          break;
        }
        total.samples -= gone.samples;
        total.baseline -= gone.baseline;
        if (gone.samples > 0) chunkRows = adapt(chunkRows, deps.elapsed() - before, budgetMs / 4);
      }
      deps.addToCounters(total);
      return 0 - total.samples;
    });

  const deleteAnomalies = (policy: RetentionPolicy, now: number): void => {
    const { expireBefore } = cutoffs(policy, now);
    const gone = deps.write(() => deps.expireAnomalies(expireBefore, ANOMALIES_A_STEP));
    if (gone < ANOMALIES_A_STEP) phase = 'space';
  };

  const freePages = (budgetMs: number): number => {
    const before = freelist(db);
    if (before === 0) {
      phase = 'log';
      return 0;
    }
    const started = deps.elapsed();
    db.pragma(`incremental_vacuum(${chunkPages})`);
    chunkPages = adapt(chunkPages, deps.elapsed() - started, budgetMs);
    const freed = before - freelist(db);
    if (freed <= 0) phase = 'log';
    return freed;
  };

  return {
    retain(policy: RetentionPolicy, now: number, maxMs: number): RetentionStep {
      const started = deps.elapsed();
      const step: RetentionStep = { done: false, deleted: 0, freedPages: 0, heldMs: 0 };
      const budgetMs = maxMs * SHARE;
      if (phase === 'rows') step.deleted = deleteRows(policy, now, budgetMs);
      else if (phase === 'anomalies') deleteAnomalies(policy, now);
      else if (phase === 'space') step.freedPages = freePages(budgetMs);
      else {
        // PASSIVE waits for nobody; the file itself shrinks when the log is carried over.
        db.pragma('wal_checkpoint(PASSIVE)');
        phase = 'rows';
        afterHpaId = 0;
        step.done = true;
      }
      step.heldMs = deps.elapsed() - started;
      return step;
    },
  };
}

const freelist = (db: Database): number => Number(db.pragma('freelist_count', { simple: true }));
