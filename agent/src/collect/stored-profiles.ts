import { SECOND, type Clock } from '../core/clock.ts';
import type { HpaProfile } from '../domain/profile.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { readProfile } from './stored-state.ts';

export type StoredProfilesDeps = { store: Pick<Store, 'detectorStates'>; clock: Pick<Clock, 'now'> };

/** One look at a cluster serves for so long; profiles change once a day. */
const HELD_MS = 30 * SECOND;
/** Clusters held at the same time. */
const MOST = 8;

/** What was learned of HPAs of clusters that other agents watch, by what the database holds. */
export function createStoredProfiles({ store, clock }: StoredProfilesDeps) {
  const held = new Map<string, { until: number; profiles: Promise<Map<number, string | null>> }>();

  function profilesOf(cluster: string): Promise<Map<number, string | null>> {
    const known = held.get(cluster);
    if (known && clock.now() < known.until) return known.profiles;
    const profiles = store
      .detectorStates(cluster)
      .then((states) => new Map(states.map(({ hpaId, profile }) => [hpaId, profile])));
    profiles.catch(() => held.delete(cluster));
    held.delete(cluster);
    held.set(cluster, { until: clock.now() + HELD_MS, profiles });
    const [oldest] = held.keys();
    if (held.size > MOST && oldest !== undefined) held.delete(oldest);
    return profiles;
  }

  /** null: nothing yet. */
  return async function profileOf({ id, cluster }: Pick<StoredHpa, 'id' | 'cluster'>): Promise<HpaProfile | null> {
    const text = (await profilesOf(cluster)).get(id) ?? null;
    return text === null ? null : (readProfile(text)?.profile ?? null);
  };
}
