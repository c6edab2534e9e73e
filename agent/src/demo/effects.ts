import { HOUR, MINUTE } from '../core/clock.ts';
import type { Incident } from './incidents.ts';
import type { Behavior, HpaSpec } from './spec.ts';

/** How the world differs for an HPA at one instant. */
export type Effects = {
  /** CPU work that arrives, cores. */
  cores: number;
  max: number;
  behavior: Behavior;
  metricsAnswer: boolean;
  /** Its series are not scraped. */
  silent: boolean;
  unschedulable: boolean;
  /** Something else writes the target's replicas back after each sync. */
  overwritten: boolean;
  /** MiB an hour that each pod's app container never gives back, since this instant. */
  leak: { mibPerHour: number; since: number } | null;
};

const disabled = (behavior: Behavior, direction: keyof Behavior): Behavior => ({
  ...behavior,
  [direction]: { ...behavior[direction], select: 'Disabled' },
});

/** 0 before, 1 after, straight in between: traffic does not jump within one tick. */
const ramp = (since: number, overMs: number): number => Math.min(1, Math.max(0, since / overMs));

/** What `incidents`, all of them active at `at`, make of the usual `cores`. Pure. */
export function effectsOf(spec: HpaSpec, cores: number, incidents: readonly Incident[], at: number): Effects {
  const effects: Effects = {
    cores,
    max: spec.max,
    behavior: spec.behavior,
    metricsAnswer: true,
    silent: false,
    unschedulable: false,
    overwritten: false,
    leak: null,
  };
  for (const incident of incidents) apply(effects, spec, incident, at);
  return effects;
}

function apply(effects: Effects, spec: HpaSpec, { kind, start, end, part }: Incident, at: number): void {
  const into = Math.min(ramp(at - start, 2 * MINUTE), ramp(end - at, MINUTE));
  const { coresPerReplica } = spec.load;
  const raise = (cores: number) => {
    effects.cores += Math.max(0, cores - effects.cores) * into;
  };
  const scale = (factor: number) => {
    effects.cores *= 1 + (factor - 1) * into;
  };
  switch (kind) {
    case 'traffic_spike':
      return raise(1.45 * spec.max * coresPerReplica);
    case 'upstream_outage':
      return scale(0.05);
    case 'level_shift':
      return scale(1 + (part ?? 0.75));
    case 'load_rise':
      return scale(1 + (part ?? 0.5));
    case 'load_drop':
      return scale(1 - (part ?? 0.5));
    case 'flapping': {
      // No stabilisation at all and load in waves of four minutes.
      const quick = { ...spec.behavior.scaleDown, stabilizationMs: 0 };
      effects.behavior = { ...spec.behavior, scaleDown: quick };
      const high = Math.floor((at - start) / (2 * MINUTE)) % 2 === 0;
      effects.cores = (high ? 0.9 * spec.max : 0.45 * spec.max) * coresPerReplica;
      return;
    }
    case 'scaling_blocked':
      effects.behavior = disabled(spec.behavior, 'scaleUp');
      return raise(Math.max(effects.cores * 2, spec.max * 1.1 * coresPerReplica));
    case 'replicas_overwritten':
      effects.overwritten = true;
      return raise(Math.max(effects.cores * 1.8, spec.max * 0.85 * coresPerReplica));
    case 'pods_pending':
      effects.unschedulable = true;
      return raise(Math.max(effects.cores * 1.8, spec.max * 0.85 * coresPerReplica));
    case 'metrics_lost':
      effects.metricsAnswer = false;
      return;
    case 'memory_leak': {
      const app = spec.containers[0];
      effects.leak = { mibPerHour: 0.13 * (app?.memoryRequestMib ?? app?.memoryBaseMib ?? 256), since: start };
      return;
    }
    case 'telemetry_lost':
      effects.silent = true;
      return;
    case 'max_changed':
      effects.max = spec.max > spec.min + 3 ? spec.max - 2 : spec.max + 2;
      return;
    case 'scale_down_blocked': {
      effects.behavior = disabled(spec.behavior, 'scaleDown');
      // A rush first, so that there is something to give back afterwards.
      const rushMs = 20 * MINUTE;
      return at - start < rushMs ? raise(0.85 * spec.max * coresPerReplica) : scale(0.35);
    }
  }
}

/** The longest any incident lasts: how far back one must look for those that are on. */
export const LONGEST_INCIDENT_MS = 12 * HOUR;
