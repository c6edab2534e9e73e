import type { Transition } from '../detect/lifecycle.ts';
import type { Anomaly } from '../domain/anomaly.ts';

/** Changes that are saved and not told yet, since older minutes are still being judged: the last one of each anomaly, by cluster. */
export class Untold {
  readonly #changes = new Map<string, Map<string, Transition>>();

  add(cluster: string, transitions: readonly Transition[]): void {
    const known = this.#changes.get(cluster) ?? new Map<string, Transition>();
    for (const transition of transitions) known.set(transition.anomaly.id, transition);
    this.#changes.set(cluster, known);
  }

  /** Those that are over by now. */
  ended(cluster: string): Anomaly[] {
    return [...(this.#changes.get(cluster)?.values() ?? [])]
      .map(({ anomaly }) => anomaly)
      .filter(({ state }) => state === 'resolved');
  }

  /** All, in the order in which they came; nothing is left. */
  take(cluster: string): Transition[] {
    const changes = [...(this.#changes.get(cluster)?.values() ?? [])];
    this.#changes.delete(cluster);
    return changes;
  }

  forget(cluster: string): void {
    this.#changes.delete(cluster);
  }
}
