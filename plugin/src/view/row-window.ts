/** Which rows of a long list are in sight, where each lies, and how high all are together. px throughout. */

/** Where each row starts, and last of all where the list ends. Heights that are not measured yet are estimated. */
export function startsOf(keys: readonly string[], heights: ReadonlyMap<string, number>, estimate: number): number[] {
  const starts = [0];
  for (const key of keys) starts.push((starts.at(-1) ?? 0) + (heights.get(key) ?? estimate));
  return starts;
}

/** The first row in sight and the one after the last, with so many more on either side. */
export function rowsInSight(
  starts: readonly number[],
  { top, height }: { top: number; height: number },
  more: number,
): [first: number, end: number] {
  const count = starts.length - 1;
  const first = rowAt(starts, top);
  const last = rowAt(starts, top + height);
  return [Math.max(0, first - more), Math.min(count, last + 1 + more)];
}

/** The row that lies at `at`; the last one for what is beyond the end. */
function rowAt(starts: readonly number[], at: number): number {
  let low = 0;
  let high = Math.max(0, starts.length - 2);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? Infinity) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
