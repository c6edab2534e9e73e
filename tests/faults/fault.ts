import type { CellRig } from './cell-rig.ts';
import type { Phase } from './phases.ts';

export type CellFault = {
  name: string;
  /** What is done, for people. */
  what: string;
  /** The phase in which it does most harm: what CI runs. */
  worst: Phase;
  /** What status or log must say while it lasts; null: it may go unnoticed. */
  says: RegExp | null;
  /** Only a person can mend it: status and log must both say so. */
  needsPerson?: boolean;
  /** How long it lasts; 5 s by default. */
  lastsMs?: number;
  /** Minutes that pass for the agent meanwhile, in steps of half a minute; 6 by default. */
  minutes?: number;
  /** The agent's user. */
  uid?: number;
  /** It takes too long for CI. */
  byHand?: boolean;
  /** Needs root: mounts, other users. */
  needsRoot?: boolean;
  /** Before the agent starts. */
  prepare?: (rig: CellRig) => Promise<void> | void;
  begin: (rig: CellRig) => Promise<void> | void;
  end: (rig: CellRig) => Promise<void> | void;
};

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
