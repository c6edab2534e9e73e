import { learn } from '../baseline/hpa-profile.ts';
import { DAY, HOUR } from '../core/clock.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import type { StoredProfile, WatchedHpas } from './detection-memory.ts';

/** Four weeks: what the seasonal models look back at most. */
const HISTORY_MS = 28 * DAY;
const REFRESH_MS = DAY;
/** Profiles learned after one scan at most, so that a large cluster does not learn all at once. */
const LEARN_AT_ONCE = 20;

/** Whether a profile is due: none yet, or older than a day (spread over an hour by id, so that a fleet never learns at once). */
export function isLearningDue({ id, baseline }: StoredHpa, learnedAt: number | null, now: number): boolean {
  if (baseline.readyAt === null) return false;
  return learnedAt === null || now - learnedAt >= REFRESH_MS + (id % 60) * (HOUR / 60);
}

/** Learns the profile of one HPA from what is stored. */
export async function learnProfile(
  store: Pick<Store, 'readSeries' | 'exclusionsOf'>,
  { id, timezone, normalSince }: StoredHpa,
  now: number,
): Promise<HpaProfile> {
  const samples = await store.readSeries(id, { from: now - HISTORY_MS, to: now });
  const exclude = await store.exclusionsOf(id);
  return learn(samples, {
    timezone: timezone ?? 'UTC',
    exclude,
    ...(normalSince == null ? {} : { since: normalSince }),
  });
}

/** Learns and keeps the profiles that are due among these HPAs. */
export async function learnDue(
  store: Pick<Store, 'readSeries' | 'exclusionsOf' | 'saveDetectorState'>,
  hpas: readonly StoredHpa[],
  watched: WatchedHpas,
  now: number,
): Promise<void> {
  const due = hpas.filter((hpa) => isLearningDue(hpa, watched.get(hpa.id)?.learnedAt ?? null, now));
  for (const hpa of due.slice(0, LEARN_AT_ONCE)) {
    const entry = watched.get(hpa.id);
    if (!entry) continue;
    entry.profile = await learnProfile(store, hpa, now);
    entry.learnedAt = now;
    const profile = JSON.stringify({ learnedAt: now, profile: entry.profile } satisfies StoredProfile);
    await store.saveDetectorState([{ hpaId: hpa.id, state: JSON.stringify(entry.state), profile, updatedAt: now }]);
  }
}
