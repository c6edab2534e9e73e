import type { AnomalyView } from '@hpa-watch/agent/contract';
import { eventsOf, worst } from './timeline-model';

/** A line of the list: a cluster event, an anomaly of one, or an anomaly by itself. */
export type Entry =
  | {
      kind: 'event';
      id: string;
      cluster: string;
      startedAt: string;
      worst: AnomalyView;
      hpas: number;
      isOver: boolean;
      isOpen: boolean;
    }
  | { kind: 'anomaly'; anomaly: AnomalyView; isOfEvent: boolean };

/**
 * Newest first. Grouped, the anomalies of a cluster event stand under one line at the place of its newest; those of events that are not in
 * `opened` stay folded.
 */
export function entriesOf(anomalies: readonly AnomalyView[], isGrouped: boolean, opened: ReadonlySet<string>): Entry[] {
  const events = isGrouped ? eventsOf(anomalies) : new Set<string>();
  const done = new Set<string>();
  return anomalies.flatMap((anomaly): Entry[] => {
    const id = anomaly.cluster_event_id;
    if (id === null || !events.has(id)) return [{ kind: 'anomaly', anomaly, isOfEvent: false }];
    if (done.has(id)) return [];
    done.add(id);
    const members = anomalies.filter(({ cluster_event_id }) => cluster_event_id === id);
    const isOpen = opened.has(id);
    const inside = isOpen ? members.map((one): Entry => ({ kind: 'anomaly', anomaly: one, isOfEvent: true })) : [];
    return [eventEntry(id, members, isOpen), ...inside];
  });
}

function eventEntry(id: string, members: readonly AnomalyView[], isOpen: boolean): Entry {
  const [first] = [...members].sort(worst);
  if (first === undefined) throw new Error('an event without anomaly');
  return {
    kind: 'event',
    id,
    cluster: first.cluster,
    startedAt: members.map(({ started_at }) => started_at).sort()[0] ?? first.started_at,
    worst: first,
    hpas: new Set(members.map(({ namespace, hpa }) => `${namespace}/${hpa}`)).size,
    isOver: members.every(({ state }) => state === 'resolved'),
    isOpen,
  };
}
