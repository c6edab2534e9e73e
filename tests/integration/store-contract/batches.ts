import type { HpaKey } from '../../../agent/src/domain/hpa.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import type { RetentionPolicy, SampleBatch, SampleStore } from '../../../agent/src/storage/store.ts';

export const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

/** A batch of one HPA. */
export const batch = (hpaId: number, samples: Sample[], rest: Partial<SampleBatch> = {}): SampleBatch => ({
  now: 0,
  isBaseline: false,
  ...rest,
  samples: [{ hpaId, samples }],
});

/** `cluster/namespace/hpa` */
export const key = (path: string): HpaKey => {
  const [cluster = '', namespace = '', hpa = ''] = path.split('/');
  return { cluster, namespace, hpa };
};
export const namesOf = (hpas: readonly HpaKey[]): string[] =>
  hpas.map(({ cluster, namespace, hpa }) => `${cluster}/${namespace}/${hpa}`);

/** Enrols HPAs of cluster `c`, named by their number, and answers their ids. */
export async function enrolMany(store: Pick<SampleStore, 'enrol'>, count: number): Promise<number[]> {
  const keys = Array.from({ length: count }, (_, i) => ({ cluster: 'c', namespace: 'n', hpa: `h${i}` }));
  return (await store.enrol(keys, 0)).map(({ hpa }) => hpa.id);
}

/** Retention until nothing is left to do; answers how many rows went. */
export async function retainAll(
  store: Pick<SampleStore, 'retain'>,
  policy: RetentionPolicy,
  now: number,
): Promise<number> {
  for (let deleted = 0; ;) {
    const step = await store.retain(policy, now, 50);
    deleted += step.deleted;
    if (step.done) return deleted;
  }
}
