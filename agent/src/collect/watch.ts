import type { AgentEvent } from '../contract/events.ts';
import type { Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import { tallyOf, withScan, type ScanHours } from '../domain/scan-tally.ts';
import type { ScheduleView } from '../domain/schedule-view.ts';
import { cycleMs, exceedsCadence, clustersOf, type SlotTurn } from '../schedule/slots.ts';
import type { EngineView } from '../schedule/engine.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import type { Collector } from './collector.ts';
import type { Fleet } from './fleet.ts';

export type WatchDeps = {
  fleet: Pick<Fleet, 'session' | 'watches' | 'ports'>;
  pool: Pick<ForwardPool, 'suspect'>;
  collector: Pick<Collector, 'scan' | 'backfill'>;
  clock: Clock;
  events: EventBus;
  metrics: Metrics;
  logger: Logger;
  /** Rotating mode: history is collected in the time that is left of the slot. */
  backfillInSlot: boolean;
  /** Judges what a scan brought. */
  judge(cluster: string): Promise<void>;
};

/** Answers that mean the way itself is broken, not that Prometheus refused something. */
const CONNECTION_CODES = new Set(['prometheus/unreachable', 'prometheus/timeout', 'prometheus/not-ready']);

/** What happens in a cluster's turn, and what is remembered of it. */
export class Watch {
  readonly #deps: WatchDeps;
  readonly #last = new Map<string, ScanOutcome>();
  readonly #hours = new Map<string, ScanHours>();
  readonly #startedAt: number;

  constructor(deps: WatchDeps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.now();
  }

  /** Tells that a slot begins. */
  openSlot({ index, clusters, start, end }: SlotTurn): void {
    this.#deps.events.publish({
      type: 'slot',
      at: new Date(this.#deps.clock.now()).toISOString(),
      index,
      clusters: clusters.filter((cluster) => cluster !== null),
      start_time: new Date(start).toISOString(),
      end_time: new Date(end).toISOString(),
    });
  }

  /**
   * One pass over a cluster: the way, the scan, judging what it brought and, in rotating mode, history. The scan is done, and told, when its
   * rows are written, whatever becomes of the rest. Never rejects.
   */
  async scan(cluster: string, signal: AbortSignal): Promise<void> {
    const { fleet, pool, collector, clock, backfillInSlot } = this.#deps;
    const startedAt = clock.now();
    try {
      const session = await fleet.session(cluster, signal);
      const outcome = await collector.scan(session, signal);
      if (outcome.error && CONNECTION_CODES.has(outcome.error.code)) pool.suspect(session.lease);
      this.#record(outcome);
      if (outcome.result !== 'ok') return;
      await this.#judge(cluster);
      if (backfillInSlot) await collector.backfill(session, signal).catch(() => undefined);
    } catch (error) {
      const durationMs = clock.now() - startedAt;
      const nothing = { hpas: 0, rows: 0, requests: 0, notes: [] };
      this.#record({ cluster, startedAt, durationMs, result: 'failed', error: toAgentError(error), ...nothing });
    }
  }

  /** A scan is a scan, whatever becomes of judging it: what was not judged now is judged with the next one. */
  async #judge(cluster: string): Promise<void> {
    try {
      const startedAt = performance.now();
      await this.#deps.judge(cluster);
      this.#deps.logger.debug({ cluster, ms: Math.round(performance.now() - startedAt) }, 'scan judged');
    } catch (error) {
      const err = toAgentError(error);
      // That the database is away is told once, and not for each cluster.
      const level = err.code.startsWith('storage/') && err.retryable ? 'debug' : 'error';
      this.#deps.logger[level]({ cluster, err }, 'the scan could not be judged');
    }
  }

  /** Remembers an outcome, counts it, tells it, and logs when it differs in kind from the one before. */
  #record(outcome: ScanOutcome): void {
    const { metrics, events, logger, clock, fleet } = this.#deps;
    const { cluster, result, durationMs, hpas, rows, error } = outcome;
    if (!fleet.watches(cluster)) return;
    const before = this.#last.get(cluster);
    this.#last.set(cluster, outcome);
    this.#hours.set(cluster, withScan(this.#hours.get(cluster) ?? [], outcome, clock.now()));
    metrics.scans.inc({ cluster, result });
    metrics.scanSeconds.observe({ cluster }, durationMs / 1_000);
    if (result === 'ok') metrics.lastScan.set({ cluster }, clock.now() / 1_000);
    metrics.rowsWritten.inc(rows);
    const fault = error && { code: error.code, message: error.message };
    events.publish({
      type: 'scan',
      at: new Date(clock.now()).toISOString(),
      cluster,
      result,
      duration_ms: durationMs,
      hpas,
      rows,
      ...(fault && { error: fault }),
    });
    const kind = (scan: ScanOutcome | undefined) => (scan ? `${scan.result} ${scan.error?.code ?? ''}` : '');
    if (kind(before) === kind(outcome)) return;
    if (result === 'ok')
      logger.info({ cluster, hpas, rows, ms: durationMs }, before ? 'scans succeed again' : 'first scan done');
    else if (result === 'overrun')
      logger.warn(
        { cluster, ms: durationMs },
        'the scan did not finish within its slot; what is missing is asked for in the next one',
      );
    else logger.warn({ cluster, code: error?.code }, `scan failed: ${error?.message ?? 'unknown'}`);
  }

  /** Counts and logs the end of a collection of history; progress on the way is for the event stream alone. */
  recordBackfill({ cluster, namespace, hpa, state, message }: Extract<AgentEvent, { type: 'backfill' }>): void {
    const { metrics, logger } = this.#deps;
    if (state === 'queued' || state === 'running') return;
    metrics.backfills.inc({ state });
    const about = { cluster, namespace, hpa, state };
    if (state === 'ready') logger.info(about, 'history collected: the baseline is ready');
    else
      logger.warn(
        about,
        `history ${state === 'partial' ? 'is incomplete' : 'could not be collected'}: ${message ?? 'no reason told'}`,
      );
  }

  /** Forgets a cluster that is watched no longer. */
  forget(cluster: string): void {
    this.#last.delete(cluster);
    this.#hours.delete(cluster);
  }

  /** The slots as people see them. */
  schedule(engine: EngineView): ScheduleView {
    const { plan, turn, lastExecuted, running } = engine;
    return {
      lanes: this.#deps.fleet.ports().map((port) => ({ port })),
      slotDurationMs: plan.slotMs,
      cycleDurationMs: cycleMs(plan),
      cycleStartedAt: turn?.cycleStart ?? null,
      cadenceExceeded: exceedsCadence(plan),
      currentSlotIndex: turn?.index ?? null,
      slots: Array.from({ length: plan.slots }, (_, index) => {
        const clusters = clustersOf(plan, index);
        const since = clusters.flatMap((name) => (name !== null && running.has(name) ? [running.get(name) ?? 0] : []));
        return {
          index,
          startOffsetMs: index * plan.slotMs,
          clusters,
          lastExecutedAt: lastExecuted.get(index) ?? null,
          executingSince: since.length > 0 ? Math.min(...since) : null,
        };
      }),
      lastOutcomes: [...this.#last.values()],
      tallies: new Map(
        [...this.#hours].map(([cluster, hours]) => [cluster, tallyOf(hours, this.#startedAt, this.#deps.clock.now())]),
      ),
    };
  }
}
