import { MINUTE } from '../../../agent/src/core/clock.ts';
import { isLarge } from './report.ts';
import { delayOf, eventsOf, isScored, verdictOf, type Case } from './score.ts';

const when = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** A row for each label that was not found and each false alarm: what to look at when limits are tuned. */
export function misses(detector: string, cases: readonly Case[]): object[] {
  return cases.flatMap((one) => {
    const events = eventsOf(one.alerts);
    const missed = one.labels
      .filter((label) => isScored(label, one) && isLarge(label) && delayOf(label, events) === null)
      .map((label) => ({
        row: 'missed',
        detector,
        hpa: one.hpa,
        incident: label.kind,
        start: when(label.start),
        minutes: (label.end - label.start) / MINUTE,
        size: (label as { size?: number }).size ?? null,
        /** What was on or near, and so perhaps in the way. */
        near: one.alerts
          .filter(({ start, end }) => start < label.end + 10 * MINUTE && (end ?? Infinity) > label.start - 15 * MINUTE)
          .map(({ kind, start }) => `${kind} ${(start - label.start) / MINUTE} min`),
      }));
    const wrong = events
      .filter((event) => event.start >= one.from && event.start < one.to && verdictOf(event, one) === false)
      .map((event) => ({
        row: 'false alarm',
        detector,
        hpa: one.hpa,
        start: when(event.start),
        minutes: event.end === null ? null : (event.end - event.start) / MINUTE,
        alerts: one.alerts
          .filter(({ start }) => start >= event.start && start <= (event.end ?? Infinity))
          .map(({ kind }) => kind),
      }));
    return [...missed, ...wrong];
  });
}
