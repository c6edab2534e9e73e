import type { AnomalyKind } from '../../../agent/src/domain/anomaly.ts';

const DEVIATION = / is [\d.]+.*, since (\d\d-\d\d )?\d\d:\d\d; at this hour it is usually [\d.]+(-[\d.]+)?/;

/**
 * What a sentence has to name: the value, what it is measured against (the band, the bound or the usual value), and what is going on. Written
 * from what a person needs, not from the code that writes the sentences.
 */
export const MUST_SAY: Readonly<Record<AnomalyKind, RegExp>> = {
  cpu_deviation: DEVIATION,
  memory_deviation: DEVIATION,
  replicas_deviation: DEVIATION,
  pressure_deviation: DEVIATION,
  level_shift: /new level since .*: \d+ % (above|below) what is usual .*replicas are \d+/,
  maxed_out: /maximum of \d+ replicas since .* wants more: its load is [\d.]+ times the target/,
  scaling_stuck:
    /at [\d.]+ times its target since .* with \d+ of at most \d+ replicas, and the HPA does not ask for more/,
  oscillation: /went up and down \d+ times within ten minutes, between \d+ and \d+, since/,
  replicas_mismatch: /(Only \d+ of \d+ replicas .* are ready|The HPA wants \d+ replicas .*, there are \d+)/,
  scaling_inactive: /cannot compute since .* \(ScalingActive is false\), so its \d+ replicas stay/,
  underutilised: /(keeps \d+ replicas|needs less than half of its minimum of \d+).* [\d.]+ times the target/,
  memory_leak: /has risen by [\d.]+ MiB an hour .* now [\d.]+ MiB where [\d.]+ MiB is usual/,
  telemetry_lost: /(Nothing is known|CPU and memory .* are missing) .*since .*, although the cluster answers/,
  config_changed: /was changed at .*: (minReplicas|maxReplicas|CPU target|memory target) from \d+ to \d+/,
};
