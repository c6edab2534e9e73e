import type { Anomaly, AnomalyKind } from '../domain/anomaly.ts';
import { SEVERITIES } from '../domain/anomaly.ts';

/** Which kind names a trouble best when several are on at once: causes before symptoms, rules before bands. */
const NAMES_IT_BEST: readonly AnomalyKind[] = [
  'telemetry_lost',
  'scaling_inactive',
  'maxed_out',
  'replicas_mismatch',
  'scaling_stuck',
  'oscillation',
  'memory_leak',
  'pressure_deviation',
  'cpu_deviation',
  'replicas_deviation',
  'memory_deviation',
  'level_shift',
  'underutilised',
  'config_changed',
];

const byStrength = (a: Anomaly, b: Anomaly): number =>
  SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
  NAMES_IT_BEST.indexOf(a.kind) - NAMES_IT_BEST.indexOf(b.kind) ||
  a.startedAt - b.startedAt ||
  (a.id < b.id ? -1 : 1);

/** Of the firing anomalies of one HPA: id -> id of the one it belongs under, null for the strongest. Order never matters. */
export function grouped(anomalies: readonly Anomaly[]): Map<string, string | null> {
  const [strongest, ...others] = anomalies.filter(({ state }) => state === 'firing').sort(byStrength);
  if (strongest === undefined) return new Map();
  return new Map([[strongest.id, null], ...others.map(({ id }): [string, string] => [id, strongest.id])]);
}
