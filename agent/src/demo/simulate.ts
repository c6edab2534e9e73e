import { DAY, HOUR, SECOND, floorTo } from '../core/clock.ts';
import {
  initialState,
  step,
  SYNC_PERIOD_MS,
  type ControllerState,
  type HpaSettings,
  type Observation,
} from './controller.ts';
import { effectsOf, type Effects } from './effects.ts';
import type { Incident, IncidentCalendar } from './incidents.ts';
import { loadCores } from './load.ts';
import { deploy, newWorkload, restart, tickWorkload, type Workload } from './pods.ts';
import type { PodObservation } from './replica-calculator.ts';
import { between, keyOf, mix } from './rng.ts';
import type { ScrapeGrid } from './scrapes.ts';
import { podCpuRequest, podMemoryRequest, type HpaSpec } from './spec.ts';
import { surprises, type Surprise } from './surprises.ts';
import { HpaTrack, type StatusRow } from './track.ts';
import { usePods, workingSets } from './usage.ts';

const TICK_MS = SYNC_PERIOD_MS;
/** metrics-server needs two readings of a container. */
const FIRST_METRIC_AFTER_MS = 30 * SECOND;
/** How far ahead incidents and surprises are looked up at once. */
const HORIZON_MS = DAY;

const CONDITION = { true: 1, false: 0, unknown: -1 } as const;

/**
 * One HPA, its controller, its target and its pods, in ticks of 15 s from `grid.from` on. The state at any tick depends on the seed, the
 * spec and `grid.from` alone: stepping there in one go or in many gives the same.
 */
export class HpaSimulation {
  readonly track: HpaTrack;
  readonly #spec: HpaSpec;
  readonly #key: number;
  readonly #calendar: IncidentCalendar;
  readonly #grid: ScrapeGrid;
  readonly #settings: HpaSettings;
  readonly #workload: Workload;
  #state: ControllerState;
  #replicas: number;
  /** What the other writer insists on, while there is one. */
  #heldAt: number | null = null;
  #now: number;
  #horizon = { until: 0, incidents: [] as Incident[], surprises: [] as Surprise[] };

  constructor(spec: HpaSpec, seed: number, calendar: IncidentCalendar, grid: ScrapeGrid) {
    this.#spec = spec;
    this.#key = keyOf(seed, `${spec.cluster}/${spec.namespace}/${spec.name}`);
    this.#calendar = calendar;
    this.#grid = grid;
    this.#settings = {
      min: spec.min,
      max: spec.max,
      behavior: spec.behavior,
      metrics: spec.metrics,
      podCpuRequest: podCpuRequest(spec),
      podMemoryRequest: podMemoryRequest(spec),
    };
    this.track = new HpaTrack(spec);
    this.#now = grid.from - TICK_MS;
    const wanted = Math.ceil(loadCores(spec.load, this.#key, grid.from) / spec.load.coresPerReplica);
    this.#replicas = this.#isAsleep(grid.from) ? 0 : Math.min(spec.max, Math.max(spec.min, wanted));
    this.#state = initialState(this.#replicas, spec.metrics.length, grid.from);
    this.#workload = newWorkload(spec, this.#key);
    this.#startOldPods();
  }

  /** The instant of the last tick, epoch ms. */
  get now(): number {
    return this.#now;
  }

  /** Runs every tick up to and including `to`, then shows the present in one more row of the track. */
  advance(to: number): void {
    const end = floorTo(to, TICK_MS);
    if (end <= this.#now) return;
    this.track.truncate(this.#grid.rowsUntil(this.#now));
    for (let at = this.#now + TICK_MS; at <= end; at += TICK_MS) {
      this.#now = at;
      const effects = this.#tick(at);
      if (this.#grid.isScrape(at)) this.#record(effects, !this.#grid.isMissed(at));
      else if (at === end) this.#record(effects, true);
    }
  }

  /** Before the first tick the pods have been there for hours. */
  #startOldPods(): void {
    const spec = this.#spec;
    const { from } = this.#grid;
    for (let guard = 0; this.#workload.pods.length < this.#replicas && guard < 10_000; guard++) {
      tickWorkload(this.#workload, spec, this.#key, this.#replicas, from - 6 * HOUR, false);
      for (const pod of this.#workload.pods) {
        if (pod.ready) continue;
        const serial = mix(this.#key, pod.ordinal);
        pod.startedAt = pod.createdAt;
        pod.ready = true;
        pod.readyChangedAt = pod.createdAt + spec.readyAfterMs;
        pod.cpuSeconds = spec.containers.map(({ cpuShare }) => Math.round(between(serial, 1, 2e3, 9e3) * cpuShare));
      }
    }
  }

  #isAsleep(at: number): boolean {
    const { sleeps } = this.#spec;
    if (sleeps === null) return false;
    const hour = (at % DAY) / HOUR;
    return hour >= sleeps.fromHour || hour < sleeps.toHour;
  }

  #lookAhead(at: number): void {
    if (at < this.#horizon.until) return;
    const until = at + HORIZON_MS;
    const ofKind = (kind: Surprise['kind']) =>
      surprises(kind, this.#key, at - HORIZON_MS, until).filter(({ start }) => !this.#calendar.isQuiet(start));
    this.#horizon = {
      until,
      incidents: this.#calendar.within(at, until),
      surprises: [
        ...ofKind('deploy'),
        ...ofKind('blip'),
        ...ofKind('pod_restart'),
        ...this.#calendar.rollouts(at, until).map((start): Surprise => ({ kind: 'deploy', start, end: start })),
      ],
    };
  }

  #tick(at: number): Effects {
    const spec = this.#spec;
    this.#lookAhead(at);
    let cores = loadCores(spec.load, this.#key, at);
    for (const { kind, start, end } of this.#horizon.surprises) {
      if (kind === 'blip' && at >= start && at < end) cores *= 1.8;
      if (at === start) this.#happen(kind, at);
    }
    const active = this.#horizon.incidents.filter(({ start, end }) => at >= start && at < end);
    const effects = effectsOf(spec, cores, active, at);
    if (this.#isAsleep(at)) this.#replicas = 0;
    else if (this.#replicas === 0) this.#replicas = spec.min;

    tickWorkload(this.#workload, spec, this.#key, this.#replicas, at, effects.unschedulable);
    usePods(this.#workload.pods, spec, effects.cores, this.#key, at, TICK_MS);
    workingSets(this.#workload.pods, spec, effects.leak, this.#key, at);

    const settings = { ...this.#settings, max: effects.max, behavior: effects.behavior };
    const next = step(settings, this.#state, this.#observe(effects, at), at);
    this.#state = next.state;
    this.#heldAt = effects.overwritten ? (this.#heldAt ?? this.#replicas) : null;
    this.#replicas = this.#heldAt ?? next.replicas;
    return effects;
  }

  #happen(kind: Surprise['kind'], at: number): void {
    if (kind === 'deploy') deploy(this.#workload, this.#spec, this.#key);
    const unlucky = this.#workload.pods[mix(this.#key, at / 1_000) % Math.max(1, this.#workload.pods.length)];
    if (kind === 'pod_restart' && unlucky !== undefined) restart(unlucky, this.#spec, at);
  }

  #observe(effects: Effects, at: number): Observation {
    const { metrics, load } = this.#spec;
    const pods = this.#workload.pods.map((pod): PodObservation => {
      const measured = pod.startedAt !== null && at - pod.startedAt >= FIRST_METRIC_AFTER_MS;
      const bytes = pod.memoryBytes.reduce((sum, value) => sum + value, 0);
      return {
        phase: pod.startedAt === null ? 'Pending' : 'Running',
        ready: pod.ready,
        startedAt: pod.startedAt ?? at,
        readyChangedAt: pod.readyChangedAt,
        usage: measured ? { cpuCores: (pod.cores + pod.coresBefore) / 2, memoryMib: bytes / 1_048_576, at } : null,
      };
    });
    const ready = Math.max(1, pods.filter((pod) => pod.ready).length);
    const externals = metrics.map((metric) => {
      if (metric.source !== 'external') return null;
      const replicasWorth = effects.cores / load.coresPerReplica;
      return metric.target * (metric.type === 'average' ? replicasWorth : replicasWorth / ready);
    });
    return { replicas: this.#replicas, pods, metricsAnswer: effects.metricsAnswer, externals };
  }

  #record({ max, silent }: Effects, isScraped: boolean): void {
    const row = this.track.rows;
    const scraped = isScraped && !silent;
    const { replicaSet, updateRevision } = this.#workload;
    if (replicaSet !== null) this.track.addReplicaSet(replicaSet);
    if (updateRevision !== null) this.track.addUpdateRevision(updateRevision);
    this.track.status.push(this.#statusRow(scraped, max));
    if (!scraped) return;
    for (const pod of this.#workload.pods) {
      this.track.recordPod(row, pod, pod.startedAt === null ? 0 : pod.ready ? 2 : 1);
    }
  }

  #statusRow(scraped: boolean, max: number): StatusRow {
    const { currentReplicas, desiredReplicas, conditions, metrics } = this.#state.status;
    return {
      scraped,
      current: currentReplicas,
      desired: desiredReplicas,
      specReplicas: this.#replicas,
      ready: this.#workload.pods.filter(({ ready }) => ready).length,
      max,
      ableToScale: CONDITION[conditions.ableToScale],
      scalingActive: CONDITION[conditions.scalingActive],
      scalingLimited: CONDITION[conditions.scalingLimited],
      metricCurrent: metrics.map((metric) => metric?.current ?? NaN),
      metricAverage: metrics.map((metric) => metric?.average ?? NaN),
    };
  }
}
