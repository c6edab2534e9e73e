/**
 * The spec of an HPA (targets, limits, CPU basis, how its pods were found) rarely changes, so it stands apart from the
 * samples, as changes: the spec of a row is the latest change at or before it. Pure: what to store, not how.
 */

/** cpuTarget, memoryTarget, replicasMin, replicasMax, code of cpuBasis, approximate (0 or 1); NaN: not known. */
export type Spec = readonly number[];
export type SpecChange = { ts: number; spec: Spec };

const APPROXIMATE = 5;
export const UNKNOWN_SPEC: Spec = [NaN, NaN, NaN, NaN, NaN, 0];

export const sameSpec = (a: Spec, b: Spec): boolean => a.every((value, i) => Object.is(value, b[i]));

/** What a stored row shows after a write: what is given, else what was known. */
export const mergeSpec = (known: Spec, given: Spec, tellsPods: boolean): Spec =>
  known.map((value, i) => {
    if (i === APPROXIMATE) return tellsPods ? (given[i] ?? 0) : value;
    const next = given[i] ?? NaN;
    return Number.isNaN(next) ? value : next;
  });

export type GivenRow = { ts: number; spec: Spec; tellsPods: boolean };

export type SpecWrite = {
  /** In force just before the first given row. */
  before: Spec;
  /** The changes from the first given row up to `nextTs` (without end where there is none), ascending. */
  changes: readonly SpecChange[];
  /** The rows to write, ascending, one a time. */
  given: readonly GivenRow[];
  /** Times of the rows stored already between the first and the last given row, ascending. */
  stored: readonly number[];
  /** Time of the first row stored after the last given one. */
  nextTs: number | null;
};

/**
 * The changes that must replace `SpecWrite.changes`, so that each given row shows what was given for it and every
 * other stored row shows what it showed before; no change that changes nothing.
 */
export function planSpecChanges({ before, changes, given, stored, nextTs }: SpecWrite): SpecChange[] {
  const planned: SpecChange[] = [];
  const isStored = new Set(stored);
  const givenTs = new Set(given.map(({ ts }) => ts));
  const rows: { ts: number; give: GivenRow | null }[] = [
    ...given.map((give) => ({ ts: give.ts, give })),
    ...stored.filter((ts) => !givenTs.has(ts)).map((ts) => ({ ts, give: null })),
    ...(nextTs === null ? [] : [{ ts: nextTs, give: null }]),
  ].sort((a, b) => a.ts - b.ts);

  let current = before;
  let shown = before;
  let at = 0;
  for (const { ts, give } of rows) {
    for (let next = changes[at]; next && next.ts <= ts; next = changes[++at]) shown = next.spec;
    const wanted = give === null ? shown : isStored.has(ts) ? mergeSpec(shown, give.spec, give.tellsPods) : give.spec;
    if (sameSpec(wanted, current)) continue;
    planned.push({ ts, spec: wanted });
    current = wanted;
  }
  return planned;
}
