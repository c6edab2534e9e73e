import type { EventBus } from '../core/events.ts';
import { localId } from '../domain/hpa.ts';
import type { DiscoveredFact, StoredHpa } from '../storage/store.ts';
import { factOf, isoTime } from './deps.ts';
import type { Survey } from './discover.ts';
import { look } from './gone.ts';

/** Follows which enrolled HPAs their cluster still shows, and tells on the event bus when one goes or comes back. */
export function createPresence(events: Pick<EventBus, 'publish'>) {
  const absentSince = new Map<number, number>();

  /** What a survey at `now` (epoch ms) shows of the enrolled HPAs, as facts for the store. */
  return function follow(stored: readonly StoredHpa[], survey: Survey, now: number): DiscoveredFact[] {
    const shown = new Map(survey.hpas.map((hpa) => [localId(hpa), hpa]));
    const facts: DiscoveredFact[] = [];
    for (const hpa of stored) {
      const discovered = shown.get(localId(hpa));
      const before = { absentSince: absentSince.get(hpa.id) ?? null, goneSince: hpa.goneSince };
      const after = look(before, { seen: discovered !== undefined, answers: survey.answers, now });
      if (after.absentSince === null) absentSince.delete(hpa.id);
      else absentSince.set(hpa.id, after.absentSince);
      const changed = (after.goneSince === null) !== (hpa.goneSince === null);
      if (changed) publish(hpa, after.goneSince === null ? 'back' : 'gone', now);
      if (discovered) facts.push({ ...factOf(discovered, now), ...(changed ? { goneSince: null } : {}) });
      else if (changed) facts.push({ namespace: hpa.namespace, hpa: hpa.hpa, goneSince: after.goneSince });
    }
    return facts;
  };

  function publish({ cluster, namespace, hpa }: StoredHpa, change: 'gone' | 'back', now: number): void {
    events.publish({ type: 'hpa', at: isoTime(now), cluster, namespace, hpa, change });
  }
}
