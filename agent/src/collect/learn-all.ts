import type { Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { hpaId } from '../domain/hpa.ts';
import type { StoredHpa } from '../storage/store.ts';
import { unknownHpa, type WatchedHpas } from './detection-memory.ts';
import { learnDue } from './learn-profiles.ts';

export type LearnAllDeps = Parameters<typeof learnDue>[0] & { clock: Clock; logger: Logger };

/**
 * Learns what is due of these HPAs; those in `stale`, by hpaId(), are, and leave it. false: it failed, and nobody should wait for
 * it: what was known before still serves, and the next scan tries again.
 */
export async function learnAll(
  deps: LearnAllDeps,
  hpas: readonly StoredHpa[],
  watched: WatchedHpas,
  stale: Set<string>,
): Promise<boolean> {
  for (const hpa of hpas) {
    const entry = watched.get(hpa.id) ?? unknownHpa();
    watched.set(hpa.id, entry);
    if (stale.delete(hpaId(hpa))) entry.isStale = true;
  }
  try {
    await learnDue(deps, hpas, watched, deps.clock.now());
    return true;
  } catch (error) {
    if (!deps.isHalted()) deps.logger.error({ err: toAgentError(error) }, 'a profile could not be learned');
    return false;
  }
}
