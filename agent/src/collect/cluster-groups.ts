import { clusterEvents } from '../detect/cluster-event.ts';
import type { Transition } from '../detect/lifecycle.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { WatchedHpas } from './detection-memory.ts';

/**
 * Anomalies that began together across a cluster get one id in common, those too that were over again within the pass; `transitions`
 * with those whose group changed among them.
 */
export function joinClusterEvents(
  cluster: string,
  watched: WatchedHpas,
  hpas: number,
  transitions: readonly Transition[],
): Transition[] {
  const candidates = new Map<string, Anomaly>();
  for (const { state } of watched.values())
    for (const anomaly of state.anomalies) if (anomaly.state === 'firing') candidates.set(anomaly.id, anomaly);
  for (const { anomaly } of transitions)
    if (anomaly.state === 'resolved' && anomaly.firedAt !== null)
      candidates.set(anomaly.id, { ...anomaly, state: 'firing' });
  const events = clusterEvents(cluster, [...candidates.values()], hpas);
  const joined = (anomaly: Anomaly): Anomaly => {
    const clusterEventId = events.get(anomaly.id) ?? anomaly.clusterEventId;
    return clusterEventId === anomaly.clusterEventId ? anomaly : { ...anomaly, clusterEventId };
  };
  const moved: Transition[] = [];
  for (const entry of watched.values()) {
    const anomalies = entry.state.anomalies.map(joined);
    if (anomalies.every((anomaly, i) => anomaly === entry.state.anomalies[i])) continue;
    for (const [i, anomaly] of anomalies.entries())
      if (anomaly !== entry.state.anomalies[i]) moved.push({ change: 'updated', anomaly });
    entry.state = { ...entry.state, anomalies };
  }
  return [...transitions.map(({ change, anomaly }) => ({ change, anomaly: joined(anomaly) })), ...moved];
}
