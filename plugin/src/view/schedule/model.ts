import type { ClusterSchedule, TimeslotsAnswer } from '@hpa-watch/agent/contract';
import { durationMs } from '../duration';

/** A turn: which part of the cycle it takes, in ms from the start of the cycle and in % of it. */
export type Turn = {
  index: number;
  startMs: number;
  durationMs: number;
  leftPercent: number;
  widthPercent: number;
  /** ISO 8601; null: not yet. */
  lastExecuted: string | null;
  executingSince: string | null;
};

/** One lane: what each turn holds, in the order of the turns; null where the lane has nobody in that turn. */
export type Lane = { port: number; cells: (ClusterSchedule | null)[] };

export type ScheduleModel = {
  /** Epoch ms of the agent's clock; null while nothing is watched. */
  cycleStartedAt: number | null;
  cycleMs: number;
  cadenceExceeded: boolean;
  turns: Turn[];
  lanes: Lane[];
  /** Clusters that have no turn yet: they get it when the next cycle begins. */
  waiting: ClusterSchedule[];
};

/** The schedule as rows (lanes) and columns (turns). */
export function scheduleModel({ configuration, current_cycle, slots, clusters }: TimeslotsAnswer): ScheduleModel {
  const cycleMs = durationMs(configuration.cycle_duration) ?? 0;
  const share = (ms: number): number => (cycleMs > 0 ? (ms / cycleMs) * 100 : 0);
  const byName = new Map(clusters.map((cluster) => [cluster.cluster, cluster]));
  const turns = slots.map((slot): Turn => {
    const [startMs, lengthMs] = [durationMs(slot.start_offset) ?? 0, durationMs(slot.duration) ?? 0];
    return {
      index: slot.index,
      startMs,
      durationMs: lengthMs,
      leftPercent: share(startMs),
      widthPercent: share(lengthMs),
      lastExecuted: slot.last_executed,
      executingSince: slot.executing_since,
    };
  });
  const lanes = configuration.ports.map((port): Lane => {
    const names = slots.map((slot) => slot.lanes.find((lane) => lane.port === port)?.cluster ?? null);
    return { port, cells: names.map((name) => (name === null ? null : (byName.get(name) ?? null))) };
  });
  return {
    cycleStartedAt: current_cycle === null ? null : Date.parse(current_cycle.started_at),
    cycleMs,
    cadenceExceeded: configuration.cadence_exceeded,
    turns,
    lanes,
    waiting: clusters.filter(({ slot_index }) => slot_index === null),
  };
}
