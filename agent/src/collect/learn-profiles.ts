import { isPoint } from '../baseline/hpa-profile.ts';
import { DAY, HOUR } from '../core/clock.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import type { Watched, WatchedHpas } from './detection-memory.ts';
import { stateText } from './held-state.ts';
import { packProfile } from './packed-profile.ts';
import type { StoredProfile } from './stored-state.ts';
import { judgedFrom } from './judging-span.ts';
import type { Learn } from './learning-thread.ts';

export type LearningDeps = {
  store: Pick<Store, 'readSeries' | 'exclusionsOf' | 'saveDetectorState'>;
  learn: Learn;
  isHalted: () => boolean;
};

/** Four weeks: what the seasonal models look back at most. */
const HISTORY_MS = 28 * DAY;
/** What is read at once: sixteen thousand rows in one go would hold up everything else for tens of milliseconds. */
const PIECE_MS = 2 * DAY;
const REFRESH_MS = DAY;
/** Learning after one scan takes no longer, so that a large cluster is judged meanwhile; the rest is learned after the next ones. */
const LONGEST_TURN_MS = 3_000;

/** Whether a profile is due: none yet, or older than a day (spread over an hour by id, so that a fleet never learns at once). */
export function isLearningDue({ id, baseline }: StoredHpa, learnedAt: number | null, now: number): boolean {
  if (baseline.readyAt === null) return false;
  return learnedAt === null || now - learnedAt >= REFRESH_MS + (id % 60) * (HOUR / 60);
}

/** Learns the profile of one HPA from what is stored. */
export async function learnProfile(
  { store, learn }: Pick<LearningDeps, 'store' | 'learn'>,
  { id, timezone, normalSince }: StoredHpa,
  now: number,
): Promise<HpaProfile> {
  const samples: Sample[] = [];
  for (let from = now - HISTORY_MS; from <= now; from += PIECE_MS) {
    const piece = await store.readSeries(id, { from, to: Math.min(now, from + PIECE_MS - 1) });
    samples.push(...piece.filter(isPoint));
  }
  const exclude = await store.exclusionsOf(id);
  return learn(samples, {
    timezone: timezone ?? 'UTC',
    exclude,
    ...(normalSince == null ? {} : { since: normalSince }),
  });
}

const isFirstLook = ({ state }: Watched): boolean => state.judge.at === null;

/** Nothing was judged of it yet, and there is history to learn from that had no turn so far. */
export const awaitsProfile = ({ baseline }: StoredHpa, watched: Watched | undefined): boolean =>
  baseline.readyAt !== null && watched !== undefined && watched.learnedAt === null && isFirstLook(watched);

/**
 * What is judged first was not learned before, or an incident of this very hour would be what is usual at this hour. Only where there is
 * nothing older it is better than nothing.
 */
async function firstProfile(deps: LearningDeps, hpa: StoredHpa, now: number): Promise<HpaProfile> {
  const before = await learnProfile(deps, hpa, Math.min(now, judgedFrom(hpa)));
  return Object.keys(before).length > 0 ? before : learnProfile(deps, hpa, now);
}

/** Learns and keeps the profiles that are due among these HPAs, those that have none first. */
export async function learnDue(
  deps: LearningDeps,
  hpas: readonly StoredHpa[],
  watched: WatchedHpas,
  now: number,
): Promise<void> {
  const learnedAt = ({ id }: StoredHpa) => watched.get(id)?.learnedAt ?? null;
  const due = hpas
    .filter((hpa) => watched.get(hpa.id)?.isStale === true || isLearningDue(hpa, learnedAt(hpa), now))
    .sort((a, b) => (learnedAt(a) ?? 0) - (learnedAt(b) ?? 0));
  const startedAt = performance.now();
  for (const hpa of due) {
    const entry = watched.get(hpa.id);
    if (!entry) continue;
    if (deps.isHalted() || performance.now() - startedAt > LONGEST_TURN_MS) return;
    const profile = isFirstLook(entry) ? await firstProfile(deps, hpa, now) : await learnProfile(deps, hpa, now);
    const kept = JSON.stringify({ learnedAt: now, profile } satisfies StoredProfile);
    await deps.store.saveDetectorState([
      { hpaId: hpa.id, state: stateText(entry.state), profile: kept, updatedAt: now },
    ]);
    entry.profile = packProfile(profile);
    entry.learnedAt = now;
    entry.isStale = false;
  }
}
