import { formatDuration } from '../core/duration.ts';
import type { Coverage } from '../domain/baseline.ts';
import type { MetricTarget } from '../domain/hpa.ts';
import { VALUE_COLUMNS, type Column, type Sample, type ValueColumn } from '../domain/sample.ts';
import { pointsIn, type Window } from '../domain/window.ts';

/** Columns that come from pods: at zero replicas there are none, and that is data, not a gap. */
const POD_COLUMNS: ReadonlySet<ValueColumn> = new Set([
  'cpuCurrent',
  'memoryCurrent',
  'memoryUtilization',
  'replicasReady',
  'pressure',
]);

/** Instants at which an HPA stood at zero replicas, so that a missing pod column is no gap, per column. */
export type ScaledToZero = Partial<Record<ValueColumn, number>>;

export function countScaledToZero(samples: readonly Sample[], before: ScaledToZero = {}): ScaledToZero {
  const counts = { ...before };
  for (const sample of samples) {
    if (sample.replicasCurrent !== 0) continue;
    for (const column of POD_COLUMNS) if (sample[column] === null) counts[column] = (counts[column] ?? 0) + 1;
  }
  return counts;
}

/** Share of a window's instants with a value, in %, per column; columns that never had one are left out unless `needed`. */
export function coverageOf(
  counts: Record<Column, number>,
  scaledToZero: ScaledToZero,
  window: Window,
  needed: readonly ValueColumn[],
): Coverage {
  const points = pointsIn(window);
  const coverage: Coverage = {};
  for (const column of VALUE_COLUMNS) {
    const covered = counts[column] + (scaledToZero[column] ?? 0);
    if (counts[column] === 0 && !needed.includes(column)) continue;
    coverage[column] = Math.min(100, (100 * covered) / points);
  }
  return coverage;
}

/** The columns that `ready` needs: replicas, and one for each metric that the HPA targets. */
export function neededColumns(metrics: readonly MetricTarget[]): ValueColumn[] {
  return [...new Set<ValueColumn>(['replicasCurrent', ...metrics.map(columnOfTarget)])];
}

function columnOfTarget({ name, type }: MetricTarget): ValueColumn {
  if (name === 'cpu') return 'cpuCurrent';
  if (name === 'memory') return type === 'utilization' ? 'memoryUtilization' : 'memoryCurrent';
  return 'pressure';
}

export type Verdict = {
  ready: boolean;
  /** The lowest coverage of what is needed, in %. */
  coverage: number;
  /** Why it is not ready, as a sentence; null when it is. */
  reason: string | null;
};

const COLUMN_NAMES: Partial<Record<ValueColumn, string>> = {
  replicasCurrent: 'replicas',
  cpuCurrent: 'CPU',
  memoryCurrent: 'memory',
  memoryUtilization: 'memory utilization',
  pressure: 'pressure',
};

/** Whether the history collected is enough: every needed column at `minCoverage` % or more. */
export function judgeCoverage(
  coverage: Coverage,
  needed: readonly ValueColumn[],
  { minCoverage, spanMs, hpa }: { minCoverage: number; spanMs: number; hpa: string },
): Verdict {
  const shares = needed.map((column) => ({ column, share: coverage[column] ?? 0 }));
  const lowest = Math.min(...shares.map(({ share }) => share));
  if (lowest >= minCoverage) return { ready: true, coverage: lowest, reason: null };
  const span = formatDuration(spanMs);
  if (Object.values(coverage).every((share) => share === 0)) {
    const reason = `Prometheus has no history of ${hpa} in the ${span} asked for: kube-state-metrics there shows no HPA of this name.`;
    return { ready: false, coverage: 0, reason };
  }
  // Rounded down: 69.97 % must not read as 70 % and yet be too little.
  const told = shares.map(({ column, share }) => `${COLUMN_NAMES[column] ?? column} ${Math.floor(share)} %`).join(', ');
  const reason = `Values are there for ${told} of the ${span} asked for; a baseline needs ${minCoverage} % of each.`;
  return { ready: false, coverage: lowest, reason };
}
