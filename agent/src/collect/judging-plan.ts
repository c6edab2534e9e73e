import { DAY, MINUTE, type Clock } from '../core/clock.ts';
import type { Logger } from '../core/logger.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import type { WatchedHpas } from './detection-memory.ts';
import type { ToJudge } from './judging-pass.ts';
import { judgedFrom, judgingSpan, rangesOf, type JudgingRange } from './judging-span.ts';

export type JudgingPlanDeps = {
  store: Pick<Store, 'openGaps'>;
  clock: Clock;
  logger: Logger;
  /** How long a row a minute is kept, ms: older ones are too far apart to be judged. */
  minuteRetentionMs: number;
};

export type JudgingPlan = {
  toJudge: ToJudge[];
  ranges: JudgingRange[];
  /** There is more to judge once older minutes are collected. */
  isWaiting: boolean;
};

/** After a longer outage the minutes before are stored and not judged: a weekend and the nights around it, and what a large fleet can afford. */
const LONGEST_LOOK_BACK_MS = 3 * DAY;
/** Judging waits so long for older minutes that are still being collected; then it goes on without them. */
const LONGEST_WAIT_MS = 15 * MINUTE;

/** Decides what is to be judged of each HPA of a cluster, and remembers since when it waits. */
export function createJudgingPlan({ store, clock, logger, minuteRetentionMs }: JudgingPlanDeps) {
  /** By wall clock. */
  const waitingSince = new Map<string, number>();

  return {
    async plan(cluster: string, hpas: readonly StoredHpa[], watched: WatchedHpas): Promise<JudgingPlan> {
      const now = clock.now();
      const gaps = Map.groupBy(hpas.length === 0 ? [] : await store.openGaps(cluster), ({ hpaId }) => hpaId);
      const spanOf = (hpa: StoredHpa, waits: boolean) =>
        judgingSpan({
          judgedUntil: watched.get(hpa.id)?.state.judge.at ?? judgedFrom(hpa),
          scannedUntil: hpa.scannedUntil ?? 0,
          gaps: gaps.get(hpa.id) ?? [],
          oldest: now - Math.min(LONGEST_LOOK_BACK_MS, minuteRetentionMs),
          waits,
        });
      const isHeld = hpas.some((hpa) => spanOf(hpa, true).isWaiting);
      const since = waitingSince.get(cluster) ?? now;
      const waits = now - since < LONGEST_WAIT_MS;
      if (!isHeld) waitingSince.delete(cluster);
      else waitingSince.set(cluster, since);
      if (isHeld && !waits)
        logger.warn({ cluster }, 'older minutes are still missing; what came after them is judged without');
      const toJudge = hpas.map((hpa): ToJudge => ({ hpa, span: spanOf(hpa, waits) }));
      return { toJudge, ranges: rangesOf(toJudge.map(({ span }) => span)), isWaiting: isHeld && waits };
    },
    forget(cluster: string): void {
      waitingSince.delete(cluster);
    },
  };
}
