import { clusterEvents } from '../detect/cluster-event.ts';
import type { Transition } from '../detect/lifecycle.ts';
import type { WatchedHpas } from './detection-memory.ts';

/** Anomalies that began together across a cluster get one id in common; answers those whose group changed. */
export function joinClusterEvents(cluster: string, watched: WatchedHpas, hpas: number): Transition[] {
  const firing = [...watched.values()].flatMap(({ state }) =>
    state.anomalies.filter(({ state: now }) => now === 'firing'),
  );
  const events = clusterEvents(cluster, firing, hpas);
  const moved: Transition[] = [];
  for (const entry of watched.values()) {
    const anomalies = entry.state.anomalies.map((anomaly) => {
      const clusterEventId = events.get(anomaly.id) ?? anomaly.clusterEventId;
      if (clusterEventId === anomaly.clusterEventId) return anomaly;
      const joined = { ...anomaly, clusterEventId };
      moved.push({ change: 'updated', anomaly: joined });
      return joined;
    });
    entry.state = { ...entry.state, anomalies };
  }
  return moved;
}
