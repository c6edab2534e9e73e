import { afterRunning, HOUR, MINUTE } from '../core/clock.ts';
import { AgentError, toAgentError } from '../core/errors.ts';
import type { BaselineStatus } from '../domain/baseline.ts';
import { localId } from '../domain/hpa.ts';
import type { Window } from '../domain/window.ts';
import type { StoredHpa } from '../storage/store.ts';
import {
  failedStatus,
  groupDue,
  judgedStatus,
  piecesDone,
  progressOf,
  startedStatus,
  type BackfillGroup,
} from './backfill-progress.ts';
import type { ClusterSession } from './collector.ts';
import { countScaledToZero, coverageOf, judgeCoverage, neededColumns, type ScaledToZero } from './coverage.ts';
import { assertCurrent, factOf, isoTime, tracked, type CollectDeps } from './deps.ts';
import type { Survey, Surveyor } from './discover.ts';
import { createQueryLimit, gather, type Gathered } from './gather.ts';
import { cutIntoPieces, lastSettledMinute } from './plan.ts';
import type { BackfillMeasure } from './rate.ts';
import { asBatch } from './revisions.ts';

/** Longest time for one attempt of one group. */
const LONGEST_ATTEMPT_MS = 5 * MINUTE;
/** What is stored at once, and so what an interruption can cost at most, for more than a few HPAs. */
const LONGEST_PIECE_MS = 24 * HOUR;
/** So few are collected in one piece: that takes less than a second, and cutting it would only cost. */
const FEW_HPAS = 10;

export type BackfillDeps = CollectDeps & { survey: Surveyor; measured(measure: BackfillMeasure): void };

/** See Collector.backfill. */
export async function backfillCluster(
  deps: BackfillDeps,
  session: ClusterSession,
  signal: AbortSignal,
): Promise<{ finished: number }> {
  const { store, clock, config, logger } = deps;
  const now = clock.now();
  const due = (await store.dueBackfills(session.cluster, now)).filter((hpa) => hpa.active);
  let finished = 0;
  for (const group of groupDue(due, now, config)) {
    signal.throwIfAborted();
    const startedAt = clock.now();
    const attempt = new Attempt(deps, session, group);
    try {
      await withinAttempt(deps, signal, (limited) => attempt.run(limited));
      finished += group.members.length;
      if (group.progress === 0) deps.measured({ hpas: group.members.length, durationMs: clock.now() - startedAt });
    } catch (error) {
      signal.throwIfAborted();
      // The cluster's address changed hands: the attempt stays `running` and goes on with the next session.
      assertCurrent(session);
      const failure = toAgentError(error);
      logger.warn({ cluster: session.cluster, code: failure.code }, `backfill failed: ${failure.message}`);
      await attempt.fail(failure);
    }
  }
  return { finished };
}

/** Runs with a signal that aborts with the caller's or after the longest time of an attempt. */
async function withinAttempt(
  { clock }: Pick<BackfillDeps, 'clock'>,
  signal: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const limit = new AbortController();
  const message = `collecting the history took longer than ${LONGEST_ATTEMPT_MS / MINUTE} min; it goes on where it stopped`;
  const tooLong = new AgentError('prometheus/timeout', message, { retryable: true });
  const cancel = afterRunning(clock, LONGEST_ATTEMPT_MS, () => limit.abort(tooLong));
  try {
    await run(AbortSignal.any([signal, limit.signal]));
  } finally {
    cancel();
  }
}

type PieceOfWindow = { piece: Window; index: number; total: number };

/** One attempt at the history of one group. */
class Attempt {
  readonly #deps: BackfillDeps;
  readonly #session: ClusterSession;
  readonly #group: BackfillGroup;
  readonly #statuses: Map<number, BaselineStatus>;
  readonly #scaledToZero = new Map<number, ScaledToZero>();
  /** Pieces in the store. */
  #written = 0;

  constructor(deps: BackfillDeps, session: ClusterSession, group: BackfillGroup) {
    this.#deps = deps;
    this.#session = session;
    this.#group = group;
    this.#statuses = new Map(group.members.map((hpa) => [hpa.id, startedStatus(hpa.baseline, group)]));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, store, survey: ask } = this.#deps;
    const { members, window } = this.#group;
    await this.#save();
    const survey = await ask(this.#session, members, lastSettledMinute(clock.now()), signal);
    assertCurrent(this.#session);
    const seenAt = lastSettledMinute(clock.now());
    if (survey.hpas.length > 0) {
      await store.saveDiscovered(
        this.#session.cluster,
        survey.hpas.map((hpa) => factOf(hpa, seenAt)),
      );
    }
    const pieces = cutIntoPieces(window, members.length > FEW_HPAS ? LONGEST_PIECE_MS : Infinity);
    const stored = piecesDone(this.#group.progress, pieces.length);
    this.#written = stored;
    for (const piece of pieces.slice(0, stored)) await this.#recall(piece);
    const missing = pieces.slice(stored).map((piece, i) => ({ piece, index: stored + i, total: pieces.length }));
    await this.#collect(missing, survey, signal);
    await this.#judge(survey);
  }

  async fail(error: AgentError): Promise<void> {
    const now = this.#deps.clock.now();
    for (const [id, status] of this.#statuses) this.#statuses.set(id, failedStatus(status, error, now));
    await this.#save();
  }

  /** All pieces are asked for at once, four queries at a time, so that a slow query holds up no other; written newest first. */
  async #collect(missing: PieceOfWindow[], survey: Survey, signal: AbortSignal): Promise<void> {
    const hpas = tracked(this.#group.members, survey);
    const limit = createQueryLimit();
    const stopped = new AbortController();
    const either = AbortSignal.any([signal, stopped.signal]);
    const gathering = missing.map(({ piece, index, total }) => {
      const onProgress = (done: number) => this.#progress(progressOf(index, total, done), index);
      return gather(this.#session.prometheus, hpas, piece, survey, { signal: either, limit, onProgress });
    });
    // A piece may fail before its turn to be awaited; the loop below meets the failure then.
    for (const piece of gathering) piece.catch(() => {});
    try {
      for (const [i, { index, total }] of missing.entries()) {
        const gathered = (await gathering[i]) as Gathered;
        signal.throwIfAborted();
        await this.#write(gathered);
        this.#written = index + 1;
        if (index + 1 < total) await this.#progress(progressOf(index + 1, total, 0), index + 1);
      }
    } catch (error) {
      stopped.abort(error);
      await Promise.allSettled(gathering);
      throw error;
    }
  }

  async #write({ samples, revisions }: Gathered): Promise<void> {
    const { clock, store } = this.#deps;
    assertCurrent(this.#session);
    const batch = this.#group.members.map(({ id }) => ({ hpaId: id, samples: samples.get(id) ?? [] }));
    await store.writeSamples({
      now: clock.now(),
      isBaseline: true,
      samples: batch,
      revisions: asBatch(revisions),
    });
    for (const entry of batch) this.#countZeros(entry.hpaId, entry.samples);
  }

  /** A piece that an earlier, interrupted attempt stored. */
  async #recall(piece: Window): Promise<void> {
    for (const { id } of this.#group.members) {
      const rows = await this.#deps.store.readSeries(id, { from: piece.start, to: piece.end });
      this.#countZeros(
        id,
        rows.filter(({ ts }) => (ts - piece.start) % piece.stepMs === 0),
      );
    }
  }

  #countZeros(id: number, samples: Parameters<typeof countScaledToZero>[0]): void {
    this.#scaledToZero.set(id, countScaledToZero(samples, this.#scaledToZero.get(id)));
  }

  async #judge(survey: Survey): Promise<void> {
    const { clock, store, config } = this.#deps;
    const shown = new Map(survey.hpas.map((hpa) => [localId(hpa), hpa]));
    for (const hpa of this.#group.members) {
      const discovered = shown.get(localId(hpa))?.metrics ?? [];
      const needed = neededColumns(discovered.length > 0 ? discovered : hpa.metrics);
      const counts = await store.countPoints(hpa.id, this.#group.window);
      const columns = coverageOf(counts, this.#scaledToZero.get(hpa.id) ?? {}, this.#group.window, needed);
      const verdict = judgeCoverage(columns, needed, {
        minCoverage: config.minCoverage,
        spanMs: config.windowMs,
        hpa: localId(hpa),
      });
      this.#set(hpa, (status) => judgedStatus(status, { columns, verdict, now: clock.now() }));
    }
    await this.#save();
  }

  #set(hpa: StoredHpa, change: (status: BaselineStatus) => BaselineStatus): void {
    this.#statuses.set(hpa.id, change(this.#statuses.get(hpa.id) ?? hpa.baseline));
  }

  /** `piece` is the number of pieces before the one that progressed: what runs ahead of the writing is not told yet. */
  async #progress(progress: number, piece: number): Promise<void> {
    if (piece > this.#written) return;
    for (const hpa of this.#group.members) {
      // Queries end in any order, and progress never runs back.
      this.#set(hpa, (status) => ({ ...status, progress: Math.max(status.progress, progress) }));
    }
    await this.#save();
  }

  async #save(): Promise<void> {
    const { store, clock, events } = this.#deps;
    await store.saveBaseline([...this.#statuses].map(([hpaId, status]) => ({ hpaId, status })));
    const at = isoTime(clock.now());
    for (const { id, cluster, namespace, hpa } of this.#group.members) {
      const status = this.#statuses.get(id);
      if (!status) continue;
      const { state, progress, reason } = status;
      const message = reason === null ? {} : { message: reason };
      events.publish({ type: 'backfill', at, cluster, namespace, hpa, state, progress, ...message });
    }
  }
}
