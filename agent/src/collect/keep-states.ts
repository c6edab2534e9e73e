import type { Store } from '../storage/store.ts';
import type { WatchedHpas } from './detection-memory.ts';
import { stateText } from './held-state.ts';

type KeepingStore = Pick<Store, 'saveDetectorState'>;

/** A stop has 5 s in all. */
const LONGEST_MS = 1_500;

/** Writes what is known of the HPAs of one cluster, so that who watches it next judges no minute again. */
export async function keepStates(store: KeepingStore, watched: WatchedHpas, updatedAt: number): Promise<void> {
  if (watched.size === 0) return;
  await store.saveDetectorState(
    [...watched].map(([hpaId, { state }]) => ({ hpaId, state: stateText(state), updatedAt })),
  );
}

/**
 * The same of many clusters, one after the other, as far as a stop has time for it: of the rest the minutes since they were written last are
 * judged again after the next start. A cluster that is refused does not keep the others from being written; then the first refusal is thrown.
 */
export async function keepAsTimeAllows(
  store: KeepingStore,
  clusters: Iterable<WatchedHpas>,
  updatedAt: number,
  elapsedMs: () => number,
): Promise<void> {
  const startedAt = elapsedMs();
  const refusals: unknown[] = [];
  for (const watched of clusters) {
    if (elapsedMs() - startedAt > LONGEST_MS) break;
    await keepStates(store, watched, updatedAt).catch((error: unknown) => refusals.push(error));
  }
  if (refusals.length > 0) throw refusals[0];
}
