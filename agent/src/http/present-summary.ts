import { BASELINE_STATES } from '../contract/hpas.ts';
import { FORWARD_STATUSES } from '../contract/forward.ts';
import type { NEEDS_LOOK_REASONS } from '../contract/summary.ts';
import type { SummaryAnswer } from '../contract/api.ts';
import { MINUTE } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import type { FleetRow } from './fleet-shelf.ts';
import { countByCluster, countBySeverity, worstFirst } from './firing.ts';
import { presentAnomaly } from './present-anomaly.ts';
import { errorOfForward, statusOfForward } from './present-forward.ts';
import { iso, isoOrNull } from './time-text.ts';

export type FleetFacts = {
  clusters: number;
  hpas: readonly FleetRow[];
  forwards: readonly ForwardInfo[];
  firing: readonly Anomaly[];
  cycleMs: number;
};

export type FleetSummary = Omit<SummaryAnswer, 'status' | 'notices'>;

type Look = { reason: (typeof NEEDS_LOOK_REASONS)[number]; message: string; since: number | null };

const WORST = 10;
const RANK: Look['reason'][] = ['not_scanned', 'gone', 'baseline_failed', 'baseline_partial'];

/** A scan is late when three cycles, and at least five minutes, passed without one. */
const lateAfterMs = (cycleMs: number): number => Math.max(5 * MINUTE, 3 * cycleMs);

/** Why somebody should look at an HPA; null: nothing. */
export function needsLook(hpa: FleetRow, now: number, lateMs: number): Look | null {
  if (!hpa.active) return null;
  const { state, reason } = hpa.baseline;
  if (hpa.goneSince !== null)
    return {
      reason: 'gone',
      message: `the cluster has not shown it for ${formatDuration(now - hpa.goneSince)}`,
      since: hpa.goneSince,
    };
  const since = hpa.lastScanAt ?? hpa.enrolledAt;
  if (now - since > lateMs) {
    const what = hpa.lastScanAt === null ? 'it was enrolled' : 'its last scan';
    return { reason: 'not_scanned', message: `${formatDuration(now - since)} since ${what}`, since };
  }
  if (state === 'failed')
    return { reason: 'baseline_failed', message: reason ?? 'its history could not be collected', since: null };
  if (state === 'partial')
    return { reason: 'baseline_partial', message: reason ?? 'its history has gaps', since: null };
  return null;
}

/** What GET /api/v1/monitoring/summary tells of the fleet. */
export function presentSummary({ clusters, hpas, forwards, firing, cycleMs }: FleetFacts, now: number): FleetSummary {
  const looks = hpas
    .map((hpa) => ({ hpa, look: needsLook(hpa, now, lateAfterMs(cycleMs)) }))
    .filter((entry): entry is { hpa: FleetRow; look: Look } => entry.look !== null)
    .sort(
      (a, b) =>
        RANK.indexOf(a.look.reason) - RANK.indexOf(b.look.reason) || (a.look.since ?? now) - (b.look.since ?? now),
    );
  return {
    at: iso(now),
    clusters: { total: clusters },
    hpas: {
      total: hpas.length,
      active: hpas.filter(({ active }) => active).length,
      paused: hpas.filter(({ active }) => !active).length,
      gone: hpas.filter(({ goneSince }) => goneSince !== null).length,
      with_baseline: hpas.filter(({ baseline }) => baseline.readyAt !== null).length,
      by_baseline_state: tally(BASELINE_STATES, hpas, ({ baseline }) => baseline.state),
    },
    forwards: {
      total: forwards.length,
      by_status: tally(FORWARD_STATUSES, forwards, statusOfForward),
      down: forwards
        .filter(({ state }) => state.kind === 'waiting' || state.kind === 'failed')
        .map((forward) => ({
          cluster: forward.cluster,
          status: statusOfForward(forward),
          message: errorOfForward(forward)?.message ?? null,
        })),
    },
    firing: countBySeverity(firing),
    firing_by_cluster: countByCluster(firing),
    worst: firing.toSorted(worstFirst).slice(0, WORST).map(presentAnomaly),
    oldest_scan: oldestScan(hpas, now),
    needs_look: {
      total: looks.length,
      worst: looks.slice(0, WORST).map(({ hpa, look }) => ({
        cluster: hpa.cluster,
        namespace: hpa.namespace,
        hpa: hpa.hpa,
        reason: look.reason,
        message: look.message,
        since: isoOrNull(look.since),
      })),
    },
  };
}

function oldestScan(hpas: readonly FleetRow[], now: number): SummaryAnswer['oldest_scan'] {
  let oldest: { hpa: FleetRow; at: number } | null = null;
  for (const hpa of hpas)
    if (hpa.active && hpa.goneSince === null && hpa.lastScanAt !== null && (!oldest || hpa.lastScanAt < oldest.at))
      oldest = { hpa, at: hpa.lastScanAt };
  if (!oldest) return null;
  const { cluster, namespace, hpa } = oldest.hpa;
  return { cluster, namespace, hpa, last_scan: iso(oldest.at), age: formatDuration(now - oldest.at) };
}

function tally<S extends string, T>(
  states: readonly S[],
  things: readonly T[],
  stateOf: (thing: T) => S,
): Record<S, number> {
  const counts = Object.fromEntries(states.map((state) => [state, 0])) as Record<S, number>;
  for (const thing of things) counts[stateOf(thing)] += 1;
  return counts;
}

/** A summary but for what the clock alone changes. */
export function summaryFingerprint({ at: _at, oldest_scan, ...rest }: SummaryAnswer): unknown {
  return { ...rest, oldest_scan: oldest_scan && { ...oldest_scan, age: null } };
}
