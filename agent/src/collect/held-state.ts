import type { JudgeState } from '../detect/memory.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { HpaWatchState } from './judge-hpa.ts';
import { pack, unpack, type Packed } from './packed-data.ts';

/** What is carried from one minute of an HPA to the next, as it is held between two scans. */
export type HeldState = {
  judge: HeldJudge;
  /** Pending, firing and lately resolved anomalies. */
  anomalies: Anomaly[];
};

/** `at`: the last sample judged; null: none yet. */
export type HeldJudge = { readonly at: number | null; readonly memory: Packed<JudgeState> };

export const heldJudge = (memory: JudgeState): HeldJudge => ({ at: memory.at, memory: pack(memory) });

export const heldState = ({ judge, anomalies }: HpaWatchState): HeldState => ({ judge: heldJudge(judge), anomalies });

export const watchState = ({ judge, anomalies }: HeldState): HpaWatchState => ({
  judge: unpack(judge.memory),
  anomalies,
});

/** `detector_state.state` */
export const stateText = (held: HeldState): string => JSON.stringify(watchState(held));
