import { MINUTE } from '../core/clock.ts';
import { ruleFinding, type Detector } from './moment.ts';

/**
 * Minimum, maximum or target differ from the sample before.
 *
 * Metrics: spec of the HPA. Rule: any known value that changes; shown for a few minutes. A value that was not known before is no change.
 * It is said at once and as information: what comes of it, other kinds tell, and name this as what changed shortly before.
 */
export const configChanged: Detector = (moment) => {
  const { sample, memory, limits } = moment;
  const { changes } = memory;
  if (changes === null || sample.ts - changes.at >= limits.config_changed.shownMinutes * MINUTE) return null;
  const [first] = changes.of;
  if (first === undefined) return null;
  return ruleFinding('config_changed', moment, {
    severity: 'info',
    level: 'enter',
    since: changes.at,
    score: changes.of.length,
    observed: first.to,
    facts: Object.fromEntries(
      changes.of.flatMap(({ field, from, to }) => [
        [`${field}From`, from],
        [field, to],
      ]),
    ),
  });
};
