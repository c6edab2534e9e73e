import { isDeepStrictEqual } from 'node:util';
import { MINUTE } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import { localId } from '../domain/hpa.ts';
import type { DiscoveredFact, StoredHpa } from '../storage/store.ts';
import { factOf, isoTime } from './deps.ts';
import type { Survey } from './discover.ts';
import { look } from './gone.ts';

/** That an HPA is still there is written so often; when it was seen last is written once it is not. */
const SEEN_EVERY_MS = 10 * MINUTE;

/** Follows which enrolled HPAs their cluster still shows, and tells on the event bus when one goes or comes back. */
export function createPresence(events: Pick<EventBus, 'publish'>) {
  const absentSince = new Map<number, number>();
  /** When each was seen last; in the database that may be some minutes older. */
  const seenAt = new Map<number, number>();

  /** What a survey at `now` (epoch ms) shows of the enrolled HPAs, as facts for the store: only what that does not know yet. */
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
      const { namespace, hpa: name } = hpa;
      if (discovered) {
        seenAt.set(hpa.id, now);
        const fact = { ...factOf(discovered, now), ...(changed ? { goneSince: null } : {}) };
        if (isNews(fact, hpa)) facts.push(fact);
        continue;
      }
      const lastSeenAt = seenAt.get(hpa.id);
      seenAt.delete(hpa.id);
      if (changed || lastSeenAt !== undefined)
        facts.push({
          ...{ namespace, hpa: name },
          ...(lastSeenAt === undefined ? {} : { seenAt: lastSeenAt }),
          ...(changed ? { goneSince: after.goneSince } : {}),
        });
    }
    return facts;
  };

  function publish({ cluster, namespace, hpa }: StoredHpa, change: 'gone' | 'back', now: number): void {
    events.publish({ type: 'hpa', at: isoTime(now), cluster, namespace, hpa, change });
  }
}

/** Whether a fact says more than that a known HPA is still there. */
function isNews({ target, metrics, seenAt, goneSince }: DiscoveredFact, known: StoredHpa): boolean {
  return (
    goneSince !== undefined ||
    (target !== undefined && !isDeepStrictEqual(target, known.target)) ||
    (metrics !== undefined && !isDeepStrictEqual(metrics, known.metrics)) ||
    known.seenAt === null ||
    Math.abs((seenAt ?? known.seenAt) - known.seenAt) >= SEEN_EVERY_MS
  );
}
