import { hpaSeries, replicaSetSeries, updateRevisionSeries } from './hpa-series.ts';
import { podSeries } from './pod-series.ts';
import type { RawSeries } from './series.ts';
import type { HpaTrack, PodTrack } from './track.ts';

/** All series of an HPA, its target and its pods; made once each, since labels never change. */
export class HpaCatalog {
  readonly #track: HpaTrack;
  readonly #own: RawSeries[];
  readonly #pods = new WeakMap<PodTrack, RawSeries[]>();
  readonly #revisions = new WeakMap<object, RawSeries>();

  constructor(track: HpaTrack) {
    this.#track = track;
    this.#own = hpaSeries(track);
  }

  /** Every series that may have a value in rows [fromRow, toRow). */
  within(fromRow: number, toRow: number): RawSeries[] {
    const found = [...this.#own];
    for (const replicaSet of this.#track.replicaSets) {
      if (replicaSet.firstRow < toRow)
        found.push(remembered(this.#revisions, replicaSet, () => replicaSetSeries(this.#track, replicaSet)));
    }
    this.#track.updateRevisions.forEach((revision, index) => {
      if (revision.firstRow < toRow)
        found.push(remembered(this.#revisions, revision, () => updateRevisionSeries(this.#track, index)));
    });
    for (const pod of this.#track.pods) {
      if (pod.firstRow >= toRow || pod.firstRow + pod.phase.length <= fromRow) continue;
      found.push(...remembered(this.#pods, pod, () => podSeries(this.#track, pod)));
    }
    return found;
  }
}

function remembered<K extends object, V>(known: WeakMap<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}
