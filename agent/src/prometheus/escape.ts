import { quoted, re2Literal } from '../core/promql-literal.ts';

/** The distinct texts as one RE2 alternation of literals, sorted, so that equal sets make equal queries. */
export function re2Alternation(texts: Iterable<string>): string {
  const distinct = [...new Set(texts)].sort();
  // An empty alternation would match the empty label value, and so series that were not meant.
  if (distinct.length === 0) throw new RangeError('an alternation needs at least one text');
  return distinct.map(re2Literal).join('|');
}

/** The value of a `=~` matcher that matches any of the texts and nothing else. */
export const anyOf = (texts: Iterable<string>): string => quoted(re2Alternation(texts));

/** Milliseconds as a PromQL duration: "5m", "1h30m", "500ms". */
export function promDuration(ms: number): string {
  if (!Number.isInteger(ms) || ms <= 0) throw new RangeError(`not a duration: ${ms} ms`);
  const units: [string, number][] = [
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
    ['ms', 1],
  ];
  let rest = ms;
  let text = '';
  for (const [unit, size] of units) {
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

/** Epoch ms as the API takes it: seconds with at most three decimals. */
export const promTime = (ms: number): string => String(ms / 1_000);
