import type { Cluster } from './cluster.ts';
import type { ScanOutcome } from './scan.ts';
import type { ScanTally } from './scan-tally.ts';

/** The time slots as they are at one moment. Times are epoch ms. No clusters: no slots, all nullable fields null. */
export type ScheduleView = {
  lanes: { port: number }[];
  slotDurationMs: number;
  /** The true length of a cycle; 0 while idle. */
  cycleDurationMs: number;
  cycleStartedAt: number | null;
  /** The cycle is longer than a minute. */
  cadenceExceeded: boolean;
  currentSlotIndex: number | null;
  slots: SlotState[];
  /** The last outcome of each cluster that was scanned. */
  lastOutcomes: ScanOutcome[];
  /** The scans of each watched cluster lately. */
  tallies: ReadonlyMap<string, ScanTally>;
};

export type SlotState = {
  index: number;
  /** From the start of the cycle. */
  startOffsetMs: number;
  /** One entry a lane, null where the lane has no cluster in this slot. */
  clusters: (string | null)[];
  lastExecutedAt: number | null;
  /** Since when its scans run; null when none does. */
  executingSince: number | null;
};

/**
 * A cluster that is watched, and its lane; `lanePort` is null where no lane was given to it yet, or another agent watches it: `watchedBy` is
 * the name of the one that does, null: none does, absent: there is only one agent.
 */
export type ClusterInfo = Cluster & { lanePort: number | null; watchedBy?: string | null };
