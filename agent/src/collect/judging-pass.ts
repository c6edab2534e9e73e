import { createBreath } from '../core/breath.ts';
import { HOUR, MINUTE } from '../core/clock.ts';
import type { Transition } from '../detect/lifecycle.ts';
import { limitsFor, type LimitSettings } from '../detect/limits.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import type { HpaRollout, Store, StoredHpa } from '../storage/store.ts';
import type { Watched, WatchedHpas } from './detection-memory.ts';
import { heldJudge, heldState, watchState } from './held-state.ts';
import { heldEachMinute } from './held-samples.ts';
import { answeredMinutes, judgeHpa, warmedUp, withEmptyMinutes, type JudgeContext } from './judge-hpa.ts';
import type { JudgingRange, JudgingSpan } from './judging-span.ts';
import { unpackProfile } from './packed-profile.ts';

export type JudgingDeps = {
  store: Pick<Store, 'readSeries' | 'readSeriesOf' | 'rolloutsOf'>;
  limits: LimitSettings;
  /** `rollouts`: of its target, lately, ascending. */
  describeAt: (hpa: StoredHpa, rollouts: readonly HpaRollout[]) => JudgeContext['describeAt'];
  /** Nothing more is to be judged: the agent stops. */
  isHalted: () => boolean;
};

/** An HPA and what is to be judged of it. */
export type ToJudge = { hpa: StoredHpa; span: JudgingSpan };

/** Long enough to know whether the load moves slowly or jumped. */
const WARM_UP_MS = 12 * HOUR;
const WARM_UP_STEP_MS = 5 * MINUTE;
/** What came before this long is not to blame (see explain.ts). */
const LOOK_BACK_MS = 2 * HOUR;

/**
 * Takes the HPAs of a cluster through the minutes of one range, each from where it stands, and leaves what they come to in `draft`;
 * null where it was halted on the way, and the draft is worth nothing.
 */
export async function judgeRange(
  deps: JudgingDeps,
  cluster: string,
  all: readonly ToJudge[],
  { from, to }: JudgingRange,
  draft: WatchedHpas,
): Promise<Transition[] | null> {
  const { store } = deps;
  const breathe = createBreath();
  const rows = await store.readSeriesOf(
    all.map(({ hpa }) => hpa.id),
    { from, to },
  );
  const answered = answeredMinutes([...rows.values()]);
  const rollouts = await store.rolloutsOf(cluster, { from: from - LOOK_BACK_MS, to });
  const transitions: Transition[] = [];
  for (const { hpa, span } of all) {
    const watched = draft.get(hpa.id);
    const isTurn = ({ ts }: { ts: number }) => ts > span.after && ts <= span.until;
    const minutes = answered.filter((ts) => isTurn({ ts }));
    if (!watched || minutes.length === 0) continue;
    if (watched.state.judge.at === null) await warmUp(deps, hpa, span.after, watched);
    const samples = withEmptyMinutes(rows.get(hpa.id) ?? [], minutes, emptySample);
    const own = rollouts.filter(({ hpaId }) => hpaId === hpa.id);
    transitions.push(...judged(deps, hpa, samples, watched, own));
    await breathe();
    if (deps.isHalted()) return null;
  }
  return transitions;
}

function judged(
  { limits, describeAt }: JudgingDeps,
  hpa: StoredHpa,
  samples: readonly Sample[],
  watched: Watched,
  rollouts: readonly HpaRollout[],
): Transition[] {
  const { id: hpaId, cluster, namespace, hpa: name } = hpa;
  const key = { cluster, namespace, hpa: name };
  const { state, transitions } = judgeHpa(watchState(watched.state), samples, unpackProfile(watched.profile), {
    hpaId,
    key,
    limits: limitsFor(key, limits),
    describeAt: describeAt(hpa, rollouts),
  });
  watched.state = heldState(state);
  return transitions;
}

/** Before its first minute an HPA's judge looks at the hours before, as they were backfilled. */
async function warmUp({ store, limits }: JudgingDeps, hpa: StoredHpa, end: number, watched: Watched): Promise<void> {
  const rows = await store.readSeries(hpa.id, { from: end - WARM_UP_MS, to: end });
  const samples = heldEachMinute(rows, WARM_UP_STEP_MS);
  watched.state = {
    ...watched.state,
    judge: heldJudge(warmedUp(samples, unpackProfile(watched.profile), limitsFor(hpa, limits))),
  };
}
