import { HOUR, MINUTE } from '../core/clock.ts';
import { newJudgeState } from '../detect/memory.ts';
import type { Transition } from '../detect/lifecycle.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import type { HpaWatchState } from './judge-hpa.ts';

/** What detection holds of one HPA in memory. */
export type Watched = { state: HpaWatchState; profile: HpaProfile; learnedAt: number | null; savedAt: number };
/** By HPA id. */
export type WatchedHpas = Map<number, Watched>;

/** State is written at least so often; a restart replays the minutes since. */
const SAVE_EVERY_MS = 10 * MINUTE;
/** Resolved anomalies that may open again. */
const RESTING_MS = HOUR;
const MOST_RESTING = 500;

export const unknownHpa = (): Watched => ({
  state: { judge: newJudgeState(), anomalies: [] },
  profile: {},
  learnedAt: null,
  savedAt: 0,
});

type LoadStore = Pick<Store, 'detectorStates' | 'openAnomalies' | 'listAnomalies'>;

/** What an earlier run knew of a cluster's HPAs. */
export async function loadStates(store: LoadStore, cluster: string, now: number): Promise<WatchedHpas> {
  const open = await store.openAnomalies(cluster);
  const lately = { cluster, state: 'resolved' as const, from: now - RESTING_MS, to: now, limit: MOST_RESTING };
  const { items: resting } = await store.listAnomalies(lately);
  const watched: WatchedHpas = new Map();
  for (const { hpaId, state, profile, updatedAt } of await store.detectorStates(cluster)) {
    const stored = JSON.parse(state) as HpaWatchState;
    const learned = profile === null ? null : (JSON.parse(profile) as StoredProfile);
    // The database knows best what fires; what was only pending stands in the state alone.
    const known = [...open, ...resting].filter((anomaly) => anomaly.hpaId === hpaId);
    const isOpen = (kind: string) => known.some((anomaly) => anomaly.kind === kind && anomaly.state === 'firing');
    const pending = stored.anomalies.filter((anomaly) => anomaly.state === 'pending' && !isOpen(anomaly.kind));
    watched.set(hpaId, {
      state: { judge: stored.judge, anomalies: [...known, ...pending] },
      profile: learned?.profile ?? {},
      learnedAt: learned?.learnedAt ?? null,
      savedAt: updatedAt,
    });
  }
  return watched;
}

export type StoredProfile = { learnedAt: number; profile: HpaProfile };

/** State of HPAs with news at once, of the others now and then. */
export async function keepStates(
  store: Pick<Store, 'saveDetectorState'>,
  judged: readonly [StoredHpa, Transition[]][],
  watched: WatchedHpas,
  now: number,
): Promise<void> {
  const updates = judged.flatMap(([{ id }, transitions]) => {
    const entry = watched.get(id);
    const isNews = transitions.some(({ change }) => change !== 'updated');
    if (!entry || (!isNews && now - entry.savedAt < SAVE_EVERY_MS)) return [];
    entry.savedAt = now;
    return [{ hpaId: id, state: JSON.stringify(entry.state), updatedAt: now }];
  });
  if (updates.length > 0) await store.saveDetectorState(updates);
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
