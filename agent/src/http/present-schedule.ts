import type { ClusterScans, LaneView, LastScan, SlotTimes, TimeslotsAnswer, TimeSlotsView } from '../contract/api.ts';
import { formatDuration } from '../core/duration.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import type { ScanOutcome } from '../domain/scan.ts';
import { tallyOf } from '../domain/scan-tally.ts';
import type { ClusterInfo, ScheduleView, SlotState } from '../domain/schedule-view.ts';
import { faultOf, presentForward, prometheusUrlOf } from './present-forward.ts';
import { iso, isoOrNull } from './time-text.ts';

const totalClusters = ({ slots }: ScheduleView): number =>
  slots.reduce((sum, { clusters }) => sum + clusters.filter((name) => name !== null).length, 0);

/** Start and slot of now; null while idle. */
function currentOf(view: ScheduleView): { slot: SlotState; start: number; cycleStart: number } | null {
  if (view.currentSlotIndex === null || view.cycleStartedAt === null) return null;
  const slot = view.slots.find(({ index }) => index === view.currentSlotIndex);
  return slot ? { slot, start: view.cycleStartedAt + slot.startOffsetMs, cycleStart: view.cycleStartedAt } : null;
}

/** The `time_slots` of GET /api/v1/monitoring/status. */
export function presentTimeSlots(view: ScheduleView, now: number): TimeSlotsView {
  const current = currentOf(view);
  const duration = formatDuration(view.slotDurationMs);
  const end = current ? current.start + view.slotDurationMs : 0;
  const next = current && (view.slots.find(({ index }) => index === current.slot.index + 1) ?? view.slots[0]);
  return {
    total_clusters: totalClusters(view),
    total_slots: view.slots.length,
    slot_duration: duration,
    cycle_duration: formatDuration(view.cycleDurationMs),
    cadence_exceeded: view.cadenceExceeded,
    current_slot: current && {
      ...slotTimes(view, current.slot, current.start),
      time_remaining: formatDuration(end - now),
    },
    next_slot: next ? slotTimes(view, next, end) : null,
    all_slots: view.slots.map((slot) => ({
      index: slot.index,
      clusters: slot.clusters,
      duration,
      is_active: slot.index === current?.slot.index,
    })),
  };
}

function slotTimes(view: ScheduleView, slot: SlotState, start: number): SlotTimes {
  const lanes = view.lanes.map(({ port }, lane) => ({ port, cluster: slot.clusters[lane] ?? null }));
  return {
    index: slot.index,
    ...Object.fromEntries(lanes.map(({ port, cluster }) => [`port_${port}_cluster`, cluster] as const)),
    start_time: iso(start),
    end_time: iso(start + view.slotDurationMs),
    lanes,
  };
}

export function presentScan(outcome: ScanOutcome): LastScan {
  return {
    started_at: iso(outcome.startedAt),
    duration_ms: outcome.durationMs,
    result: outcome.result,
    hpas: outcome.hpas,
    rows: outcome.rows,
    requests: outcome.requests,
    error: outcome.error && faultOf(outcome.error),
    notes: outcome.notes,
  };
}

/** `clusters`, `forwards` and how many HPAs of each cluster are enrolled. */
export type ScheduleFacts = {
  clusters: readonly ClusterInfo[];
  forwards: readonly ForwardInfo[];
  counts: readonly { cluster: string; hpas: number }[];
};

/** The whole answer of GET /api/v1/monitoring/timeslots but for `status`. */
export function presentTimeslots(
  view: ScheduleView,
  { clusters, forwards, counts }: ScheduleFacts,
  now: number,
): Omit<TimeslotsAnswer, 'status'> {
  const current = currentOf(view);
  const duration = formatDuration(view.slotDurationMs);
  const lane = (name: string | null): LaneView => {
    if (name === null) return { cluster: null, prometheus_url: null, last_scan: null };
    const outcome = view.lastOutcomes.find(({ cluster }) => cluster === name);
    const url = prometheusUrlOf(
      clusters.find((info) => info.name === name),
      forwards.find((info) => info.cluster === name),
    );
    return { cluster: name, prometheus_url: url, last_scan: outcome ? presentScan(outcome) : null };
  };
  return {
    configuration: {
      total_clusters: totalClusters(view),
      total_slots: view.slots.length,
      slot_duration: duration,
      cycle_duration: formatDuration(view.cycleDurationMs),
      cadence_exceeded: view.cadenceExceeded,
      parallel_scans: view.lanes.length > 1,
      ports: view.lanes.map(({ port }) => port),
    },
    current_cycle: current && {
      started_at: iso(current.cycleStart),
      ends_at: iso(current.cycleStart + view.cycleDurationMs),
      progress_percent: percentOf(now - current.cycleStart, view.cycleDurationMs),
      current_slot_index: current.slot.index,
    },
    slots: view.slots.map((slot) => {
      const lanes = view.lanes.map(({ port }, index) => ({ port, ...lane(slot.clusters[index] ?? null) }));
      const isActive = slot.index === current?.slot.index;
      return {
        index: slot.index,
        start_offset: formatDuration(slot.startOffsetMs),
        duration,
        ...Object.fromEntries(lanes.map(({ port, ...rest }) => [`port_${port}`, rest] as const)),
        is_active: isActive,
        last_executed: isoOrNull(slot.lastExecutedAt),
        executing_since: isoOrNull(slot.executingSince),
        time_remaining: isActive ? formatDuration(current.start + view.slotDurationMs - now) : null,
        lanes,
      };
    }),
    clusters: clusters.map((info) => {
      const forward = forwards.find(({ cluster }) => cluster === info.name);
      return {
        ...presentScans(view, info.name, now),
        lane_port: info.lanePort,
        slot_index: view.slots.find((slot) => slot.clusters.includes(info.name))?.index ?? null,
        hpas: counts.find(({ cluster }) => cluster === info.name)?.hpas ?? 0,
        forward: forward ? presentForward(forward, now) : null,
      };
    }),
  };
}

/** The last scan of a cluster, and what its scans lately came to. */
export function presentScans(view: ScheduleView, cluster: string, now: number): ClusterScans {
  const outcome = view.lastOutcomes.find((last) => last.cluster === cluster);
  const { since, total, failed, overruns, meanMs, maxMs } = view.tallies.get(cluster) ?? tallyOf([], now, now);
  return {
    cluster,
    last_scan: outcome ? presentScan(outcome) : null,
    scans: { since: iso(since), total, failed, overruns, mean_ms: meanMs, max_ms: maxMs },
  };
}

const percentOf = (part: number, whole: number): number =>
  whole > 0 ? Math.min(100, Math.max(0, Math.round((part / whole) * 100))) : 0;
