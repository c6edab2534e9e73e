import { MINUTE } from '../core/clock.ts';
import type { Anomaly } from '../domain/anomaly.ts';

/** HPAs that depart within this time of each other depart together. */
const TOGETHER_MS = 5 * MINUTE;
/** So many HPAs, and such a share of the cluster's, are no coincidence: at one incident an HPA-day, three of a few dozen within five minutes
 * happen by chance about once in months. */
const LEAST_HPAS = 3;
const LEAST_SHARE = 0.1;

/** Kinds that say something of the HPA's own settings are nobody else's. */
const isShared = ({ kind, state }: Anomaly): boolean =>
  state === 'firing' && kind !== 'config_changed' && kind !== 'underutilised';

/**
 * The firing anomalies of a cluster -> for each anomaly id the id of the cluster event it is part of; those that stand by themselves are
 * absent. An id once given stays: it belongs to the earliest start. Order never matters.
 */
export function clusterEvents(
  cluster: string,
  anomalies: readonly Anomaly[],
  hpasInCluster: number,
): Map<string, string> {
  const found = new Map<string, string>();
  const shared = anomalies
    .filter(isShared)
    .sort((a, b) => a.startedAt - b.startedAt || a.hpaId - b.hpaId || (a.id < b.id ? -1 : 1));
  for (let i = 0; i < shared.length;) {
    const first = shared[i] as Anomaly;
    let end = i;
    while (end < shared.length && (shared[end] as Anomaly).startedAt <= first.startedAt + TOGETHER_MS) end++;
    const together = shared.slice(i, end);
    const hpas = new Set(together.map(({ hpaId }) => hpaId)).size;
    if (hpas < Math.max(LEAST_HPAS, LEAST_SHARE * hpasInCluster)) {
      i++;
      continue;
    }
    const known = together.find(({ clusterEventId }) => clusterEventId !== null)?.clusterEventId;
    const id = known ?? `${cluster}-${first.startedAt.toString(36)}`;
    for (const anomaly of together) found.set(anomaly.id, id);
    i = end;
  }
  return found;
}
