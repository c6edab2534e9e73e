/** When the collection of an HPA's history was first seen, and how far it was. */
export type FirstSeen = { at: number; percent: number };

/** Below this much progress a rate is only noise. */
const TELLING_PERCENT = 2;

/**
 * How long a collection still takes (ms): what the agent estimated, as long as that lies ahead; then by the progress since it was first seen;
 * null where neither tells.
 */
export function timeLeftMs(
  percent: number,
  estimatedCompletion: string | null,
  first: FirstSeen | null,
  now: number,
): number | null {
  const estimated = estimatedCompletion === null ? 0 : Date.parse(estimatedCompletion) - now;
  if (estimated > 0) return estimated;
  if (first === null || percent - first.percent < TELLING_PERCENT || now <= first.at) return null;
  return ((100 - percent) * (now - first.at)) / (percent - first.percent);
}

/** With those whose collection is seen for the first time; those that came to an end are forgotten. */
export function withFirstSeen(
  before: ReadonlyMap<string, FirstSeen>,
  collecting: readonly { key: string; percent: number }[],
  now: number,
): Map<string, FirstSeen> {
  return new Map(collecting.map(({ key, percent }) => [key, before.get(key) ?? { at: now, percent }]));
}
