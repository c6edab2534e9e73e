import { HOUR, MINUTE } from '../core/clock.ts';
import type { HpaSpec } from './spec.ts';

export type IncidentKind =
  | 'traffic_spike'
  | 'upstream_outage'
  | 'level_shift'
  | 'flapping'
  | 'scaling_blocked'
  | 'replicas_overwritten'
  | 'pods_pending'
  | 'metrics_lost'
  | 'memory_leak'
  | 'telemetry_lost'
  | 'max_changed'
  | 'scale_down_blocked'
  | 'load_rise'
  | 'load_drop';

type KindFacts = {
  /** Kinds of anomaly of which at least one should be found; the first is the one that names it best. */
  expected: readonly [string, ...string[]];
  /** Shortest and longest duration, ms. */
  duration: readonly [number, number];
  /** Whether it can happen to this HPA at all. */
  fits(spec: HpaSpec): boolean;
};

const always = () => true;
const canScale = ({ min, max }: HpaSpec): boolean => max > min + 1;
const scalesOnCpu = (spec: HpaSpec): boolean => canScale(spec) && spec.metrics.some(({ name }) => name === 'cpu');

export const INCIDENT_KINDS: Record<IncidentKind, KindFacts> = {
  traffic_spike: {
    expected: ['maxed_out', 'replicas_deviation', 'cpu_deviation', 'pressure_deviation'],
    duration: [30 * MINUTE, 60 * MINUTE],
    fits: scalesOnCpu,
  },
  upstream_outage: {
    expected: ['cpu_deviation', 'pressure_deviation', 'replicas_deviation'],
    duration: [30 * MINUTE, 60 * MINUTE],
    fits: always,
  },
  level_shift: {
    expected: ['level_shift', 'replicas_deviation', 'cpu_deviation', 'pressure_deviation'],
    duration: [8 * HOUR, 10 * HOUR],
    fits: always,
  },
  flapping: {
    expected: ['oscillation', 'replicas_deviation'],
    duration: [30 * MINUTE, 60 * MINUTE],
    fits: scalesOnCpu,
  },
  scaling_blocked: {
    expected: ['scaling_stuck', 'pressure_deviation', 'cpu_deviation'],
    duration: [30 * MINUTE, 60 * MINUTE],
    fits: scalesOnCpu,
  },
  replicas_overwritten: {
    expected: ['replicas_mismatch', 'pressure_deviation', 'cpu_deviation'],
    duration: [25 * MINUTE, 50 * MINUTE],
    fits: scalesOnCpu,
  },
  pods_pending: {
    expected: ['replicas_mismatch', 'pressure_deviation', 'cpu_deviation'],
    duration: [30 * MINUTE, 60 * MINUTE],
    fits: scalesOnCpu,
  },
  metrics_lost: { expected: ['scaling_inactive'], duration: [25 * MINUTE, 60 * MINUTE], fits: always },
  memory_leak: { expected: ['memory_leak', 'memory_deviation'], duration: [5 * HOUR, 8 * HOUR], fits: always },
  telemetry_lost: { expected: ['telemetry_lost'], duration: [25 * MINUTE, 60 * MINUTE], fits: always },
  max_changed: { expected: ['config_changed'], duration: [3 * HOUR, 6 * HOUR], fits: canScale },
  scale_down_blocked: {
    expected: ['underutilised', 'cpu_deviation', 'pressure_deviation', 'replicas_deviation'],
    duration: [5 * HOUR, 8 * HOUR],
    fits: scalesOnCpu,
  },
  load_rise: {
    expected: ['replicas_deviation', 'cpu_deviation', 'pressure_deviation', 'level_shift', 'maxed_out'],
    duration: [10 * MINUTE, 90 * MINUTE],
    fits: always,
  },
  load_drop: {
    expected: ['replicas_deviation', 'cpu_deviation', 'pressure_deviation', 'level_shift'],
    duration: [10 * MINUTE, 90 * MINUTE],
    fits: always,
  },
};

/** Changes of the load by a part of it, down to what nobody could tell from noise: only where they are asked for. */
export const PARTIAL_KINDS: readonly IncidentKind[] = ['load_rise', 'load_drop'];

/** What goes wrong as a whole. */
export const ALL_INCIDENT_KINDS = (Object.keys(INCIDENT_KINDS) as IncidentKind[]).filter(
  (kind) => !PARTIAL_KINDS.includes(kind),
);
