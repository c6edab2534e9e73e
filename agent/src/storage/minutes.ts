import { MINUTE } from '../core/clock.ts';

export type Minutes = { from: number; to: number };

/** The gaps with `added` among them; gaps that overlap or touch become one. Ascending, like what comes in. */
export function addMinutes(gaps: readonly Minutes[], added: Minutes): Minutes[] {
  if (added.to < added.from) return [...gaps];
  const touches = ({ from, to }: Minutes) => from <= added.to + MINUTE && to >= added.from - MINUTE;
  const joined = gaps.filter(touches);
  const union = {
    from: Math.min(added.from, ...joined.map(({ from }) => from)),
    to: Math.max(added.to, ...joined.map(({ to }) => to)),
  };
  return [...gaps.filter((gap) => !touches(gap)), union].sort((a, b) => a.from - b.from);
}

/** The gaps without the minutes of `removed`: a gap may vanish, shrink or split. */
export function removeMinutes(gaps: readonly Minutes[], removed: Minutes): Minutes[] {
  if (removed.to < removed.from) return [...gaps];
  return gaps.flatMap(({ from, to }) => {
    if (to < removed.from || from > removed.to) return [{ from, to }];
    const left = { from, to: Math.min(to, removed.from - MINUTE) };
    const right = { from: Math.max(from, removed.to + MINUTE), to };
    return [left, right].filter((part) => part.from <= part.to);
  });
}
