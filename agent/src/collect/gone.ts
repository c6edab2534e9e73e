import { MINUTE } from '../core/clock.ts';

/** How long an HPA must be absent while kube-state-metrics answers before it counts as gone. */
export const GONE_AFTER_MS = 10 * MINUTE;

export type Presence = {
  /** Since when it was absent at every look; null: it was there, or nobody could tell. */
  absentSince: number | null;
  goneSince: number | null;
};

/**
 * What one look at `now` makes of an HPA. A kube-state-metrics that does not answer proves nothing: the wait begins anew, and
 * what was gone stays gone.
 */
export function look(
  before: Presence,
  { seen, answers, now }: { seen: boolean; answers: boolean; now: number },
): Presence {
  if (seen) return { absentSince: null, goneSince: null };
  if (!answers) return { absentSince: null, goneSince: before.goneSince };
  const absentSince = before.absentSince ?? now;
  const gone = before.goneSince ?? (now - absentSince >= GONE_AFTER_MS ? absentSince : null);
  return { absentSince, goneSince: gone };
}
