import { createBreath } from '../core/breath.ts';
import { HOUR, MINUTE } from '../core/clock.ts';
import { newJudgeState } from '../detect/memory.ts';
import type { Transition } from '../detect/lifecycle.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { DetectorStateUpdate } from '../storage/anomaly-store.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { heldJudge, stateText, type HeldState } from './held-state.ts';
import { NO_PROFILE, packProfile, type PackedProfile } from './packed-profile.ts';
import { readProfile, readState } from './stored-state.ts';

/** What detection holds of one HPA in memory. */
export type Watched = {
  state: HeldState;
  profile: PackedProfile;
  learnedAt: number | null;
  /** What is usual has to be learned anew before its day is over. */
  isStale: boolean;
  savedAt: number;
};
/** By HPA id. */
export type WatchedHpas = Map<number, Watched>;

/** State is written at least so often; a restart replays the minutes since. */
const SAVE_EVERY_MS = 10 * MINUTE;
/** A whole cluster's in one go would hold up everything else. */
const SHARE_SAVED_AT_ONCE = 0.2;
/** Resolved anomalies that may open again. */
const RESTING_MS = HOUR;
const MOST_RESTING = 500;

const NOTHING_JUDGED = heldJudge(newJudgeState());

export const unknownHpa = (): Watched => ({
  state: { judge: NOTHING_JUDGED, anomalies: [] },
  profile: NO_PROFILE,
  learnedAt: null,
  isStale: false,
  savedAt: 0,
});

type LoadStore = Pick<Store, 'detectorStates' | 'openAnomalies' | 'listAnomalies'>;

/** What an earlier run knew of a cluster's HPAs. */
export async function loadStates(store: LoadStore, cluster: string, now: number): Promise<WatchedHpas> {
  const open = await store.openAnomalies(cluster);
  const lately = { cluster, state: 'resolved' as const, from: now - RESTING_MS, to: now, limit: MOST_RESTING };
  const { items: resting } = await store.listAnomalies(lately);
  const watched: WatchedHpas = new Map();
  const breathe = createBreath();
  for (const { hpaId, state, profile, updatedAt } of await store.detectorStates(cluster)) {
    const stored = readState(state);
    const learned = profile === null ? null : readProfile(profile);
    // The database knows best what fires; what was only pending stands in the state alone.
    const kept = [...open, ...resting].filter((anomaly) => anomaly.hpaId === hpaId);
    const ids = new Set(kept.map(({ id }) => id));
    // After an outage what may open again is older than an hour by the clock, not by the samples that are still to be judged.
    const before = stored?.anomalies ?? [];
    const rested = before.filter(({ id, state: last }) => last === 'resolved' && !ids.has(id));
    const known = [...kept, ...rested];
    const isOpen = (kind: string) => known.some((anomaly) => anomaly.kind === kind && anomaly.state === 'firing');
    const pending = before.filter((anomaly) => anomaly.state === 'pending' && !isOpen(anomaly.kind));
    watched.set(hpaId, {
      state: { judge: stored === null ? NOTHING_JUDGED : heldJudge(stored.judge), anomalies: [...known, ...pending] },
      profile: learned === null ? NO_PROFILE : packProfile(learned.profile),
      learnedAt: learned?.learnedAt ?? null,
      isStale: false,
      savedAt: updatedAt,
    });
    await breathe();
  }
  return watched;
}

/**
 * A copy to judge on: what is in memory stays as it is until what was judged is in the database, so that a save that fails is as if
 * nothing had been judged.
 */
export const draftOf = (watched: WatchedHpas): WatchedHpas =>
  new Map([...watched].map(([id, entry]) => [id, { ...entry }]));

/** What was saved is what is known; what people said meanwhile stands. */
export function commit(watched: WatchedHpas, draft: WatchedHpas): void {
  for (const [id, { state, savedAt }] of draft) {
    const entry = watched.get(id);
    if (!entry) continue;
    const said = new Map(entry.state.anomalies.map((anomaly) => [anomaly.id, anomaly]));
    const anomalies = state.anomalies.map((anomaly) => {
      const { acknowledgedAt, excluded } = said.get(anomaly.id) ?? anomaly;
      return { ...anomaly, acknowledgedAt, excluded };
    });
    entry.state = { ...state, anomalies };
    entry.savedAt = savedAt;
  }
}

/** State of HPAs with news at once, of the others now and then, a share of them at a time. */
export async function statesToKeep(
  transitions: readonly Transition[],
  draft: WatchedHpas,
  now: number,
): Promise<DetectorStateUpdate[]> {
  const breathe = createBreath();
  const news = new Set(transitions.filter(({ change }) => change !== 'updated').map(({ anomaly }) => anomaly.hpaId));
  let others = Math.ceil(draft.size * SHARE_SAVED_AT_ONCE);
  const updates: DetectorStateUpdate[] = [];
  for (const [hpaId, entry] of draft) {
    if (entry.state.judge.at === null) continue;
    if (!news.has(hpaId) && (now - entry.savedAt < SAVE_EVERY_MS || others-- <= 0)) continue;
    entry.savedAt = now;
    updates.push({ hpaId, state: stateText(entry.state), updatedAt: now });
    await breathe();
  }
  return updates;
}

/** Of an HPA that was paused nothing is seen any more: what fires ends where it was last seen. */
export function endOf(watched: Watched | undefined): Transition[] {
  const firing = watched?.state.anomalies.filter(({ state }) => state === 'firing') ?? [];
  if (!watched || firing.length === 0) return [];
  watched.state = { ...watched.state, anomalies: [] };
  return firing.map((anomaly) => ({
    change: 'resolved',
    anomaly: { ...anomaly, state: 'resolved', endedAt: anomaly.lastSeenAt },
  }));
}

/** What has to be kept of these changes, in its newest form. */
export function touchedBy(transitions: readonly Transition[], draft: WatchedHpas): Anomaly[] {
  const current = new Map(
    [...draft.values()].flatMap(({ state }) => state.anomalies.map((anomaly) => [anomaly.id, anomaly] as const)),
  );
  const touched = transitions
    .filter(({ anomaly }) => anomaly.state !== 'pending')
    .map(({ anomaly }) => [anomaly.id, current.get(anomaly.id) ?? anomaly] as const);
  return [...new Map(touched).values()];
}

/** Neither paused nor gone from its cluster: of what is gone the history is kept, and no alarm. */
export const isWatched = ({ active, goneSince }: StoredHpa): boolean => active && goneSince === null;
