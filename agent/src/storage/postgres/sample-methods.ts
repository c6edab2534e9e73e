import type { PostgresDatabase } from './database.ts';
import type { HpaClusters } from './hpa-clusters.ts';
import { clusterMethods } from './clusters.ts';

export type SampleDeps = { database: PostgresDatabase; clusters: HpaClusters };

/** The part of Store about clusters, HPAs and their samples. */
export function sampleMethods({ database }: SampleDeps) {
  return { ...clusterMethods(database), close: () => database.close() };
}
