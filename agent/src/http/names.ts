import { AgentError, isAgentError } from '../core/errors.ts';
import { assertHpaKey, assertName, type HpaKey } from '../domain/hpa.ts';
import type { Fleet } from './services.ts';

/** Like `assertHpaKey`, the field named as it stands in the body. @throws AgentError `hpa/invalid-name` */
export function checkKey(key: HpaKey, prefix = ''): HpaKey {
  try {
    assertHpaKey(key);
    return key;
  } catch (error) {
    if (!isAgentError(error) || !prefix) throw error;
    const details = error.details as { field: string };
    throw new AgentError(error.code, `${prefix}${error.message}`, {
      details: { ...details, field: `${prefix}${details.field}` },
      cause: error,
    });
  }
}

/** @throws AgentError `hpa/invalid-name` naming `field` */
export function checkName(kind: keyof HpaKey, value: string, field: string = kind): string {
  assertName(kind, value, field);
  return value;
}

/** No context is called so; no cluster is. */
const NOT_WATCHED = new Set(['cluster/unknown', 'cluster/not-found']);

export type Resolved = { name: string; unknown: AgentError | null };

/**
 * The canonical name where the cluster is watched; else the name as given and the error, since HPAs of a cluster that was
 * removed can still be read and purged.
 */
export function resolveSoftly(fleet: Pick<Fleet, 'resolve'>, name: string): Resolved {
  try {
    return { name: fleet.resolve(name), unknown: null };
  } catch (error) {
    if (isAgentError(error) && NOT_WATCHED.has(error.code)) return { name, unknown: error };
    throw error;
  }
}

export const notEnrolled = ({ cluster, namespace, hpa }: HpaKey): AgentError =>
  new AgentError('hpa/not-enrolled', `${namespace}/${hpa} of cluster ${cluster} is not monitored`, {
    details: { cluster, namespace, hpa },
  });
