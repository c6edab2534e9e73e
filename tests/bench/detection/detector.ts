import type { HpaKey } from '../../../agent/src/domain/hpa.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import type { Alert } from './score.ts';

/** The history of one HPA as the agent keeps it: ascending minutes, those of which nothing is known left out. */
export type HpaHistory = {
  key: HpaKey;
  samples: readonly Sample[];
  /** Minutes at which the cluster told of any of its HPAs: what tells a lost HPA from a lost cluster. */
  answered: (at: number) => boolean;
};

/** What is compared: it sees the samples of one HPA and says when somebody would have been told, and until when. */
export type Detector = {
  name: string;
  run(hpa: HpaHistory): Alert[];
};
