import type { AgentError } from '../core/errors.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { checkKey, notEnrolled, resolveSoftly } from './names.ts';
import type { Fleet } from './services.ts';

export type Located = { key: HpaKey; unknown: AgentError | null };

/** The key with the canonical name of its cluster. @throws AgentError `hpa/invalid-name` */
export function locate(fleet: Pick<Fleet, 'resolve'>, params: HpaKey): Located {
  const key = checkKey(params);
  const { name, unknown } = resolveSoftly(fleet, key.cluster);
  return { key: { ...key, cluster: name }, unknown };
}

export type LocateDeps = { fleet: Pick<Fleet, 'resolve'>; store: Pick<Store, 'findHpa'> };

/** The watched HPA that is meant. @throws AgentError `hpa/invalid-name`, `hpa/not-enrolled`, `cluster/unknown` */
export async function findWatched(
  { fleet, store }: LocateDeps,
  params: HpaKey,
): Promise<{ key: HpaKey; hpa: StoredHpa }> {
  const { key, unknown } = locate(fleet, params);
  const hpa = await store.findHpa(key);
  if (!hpa) throw unknown ?? notEnrolled(key);
  return { key, hpa };
}
