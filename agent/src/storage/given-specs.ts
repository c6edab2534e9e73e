import { FIRST_SPEC, tellsPods, TS, WIDTH } from './packed.ts';
import type { GivenRow, Spec } from './spec-changes.ts';

/** Whether every packed row gives just this spec. */
export function allGive(rows: Float64Array, spec: Spec): boolean {
  for (let at = FIRST_SPEC; at < rows.length; at += WIDTH)
    for (let i = 0; i < WIDTH - FIRST_SPEC; i++) if (!Object.is(rows[at + i], spec[i])) return false;
  return true;
}

/** The specs that packed rows give. Between rows that are `allNew`, one with the spec of the row before it changes nothing and is left out. */
export function givenRows(rows: Float64Array, allNew: boolean): GivenRow[] {
  const given: GivenRow[] = [];
  for (let at = 0; at < rows.length; at += WIDTH) {
    if (allNew && !isChange(rows, at)) continue;
    const spec = Array.from(rows.subarray(at + FIRST_SPEC, at + WIDTH));
    given.push({ ts: rows[at + TS] ?? 0, spec, tellsPods: tellsPods(rows, at / WIDTH) });
  }
  return given;
}

/** Whether a row gives another spec than the row before it. */
function isChange(rows: Float64Array, at: number): boolean {
  if (at === 0) return true;
  for (let i = at + FIRST_SPEC; i < at + WIDTH; i++) if (!Object.is(rows[i], rows[i - WIDTH])) return true;
  return false;
}
