/** The shapes of a sparkline with its band, as SVG path data; pure, so that a thousand of them cost nothing to think of. */

export type SparkData = {
  values: readonly (number | null)[];
  lower: readonly number[] | null;
  upper: readonly number[] | null;
};
export type SparkShape = {
  /** '' where nothing is learned. */
  band: string;
  line: string;
  /** The parts of the line that lie outside of the band. */
  outside: string;
  /** Where the last known value is. */
  last: { x: number; y: number; isOutside: boolean } | null;
};

const PAD = 2;

export function sparkShape(data: SparkData, width: number, height: number): SparkShape {
  const { values, lower, upper } = data;
  const known = [...values.filter((value) => value !== null), ...(lower ?? []), ...(upper ?? [])];
  if (known.length === 0) return { band: '', line: '', outside: '', last: null };
  const low = Math.min(...known);
  const high = Math.max(...known);
  const x = (i: number): number => round(PAD + (i / Math.max(1, values.length - 1)) * (width - 2 * PAD));
  const y = (value: number): number =>
    round(high === low ? height / 2 : PAD + ((high - value) / (high - low)) * (height - 2 * PAD));
  const isOutside = (i: number): boolean => {
    const value = values[i] ?? null;
    return value !== null && ((lower?.[i] ?? -Infinity) > value || (upper?.[i] ?? Infinity) < value);
  };
  const lastIndex = values.findLastIndex((value) => value !== null);
  const lastValue = values[lastIndex] ?? null;
  return {
    band: lower && upper ? bandPath(lower, upper, x, y) : '',
    line: linePath(values, x, y),
    outside: outsidePath(values, isOutside, x, y),
    last: lastValue === null ? null : { x: x(lastIndex), y: y(lastValue), isOutside: isOutside(lastIndex) },
  };
}

type Scale = (value: number) => number;
const round = (value: number): number => Math.round(value * 10) / 10;

function bandPath(lower: readonly number[], upper: readonly number[], x: Scale, y: Scale): string {
  const over = upper.map((value, i) => `${x(i)},${y(value)}`);
  const under = lower.map((value, i) => `${x(i)},${y(value)}`).reverse();
  return over.length === 0 ? '' : `M${[...over, ...under].join('L')}Z`;
}

/** A gap in what is known is a gap in the line; a lone point is a dot. */
function linePath(values: readonly (number | null)[], x: Scale, y: Scale): string {
  return values
    .map((value, i) => {
      if (value === null) return '';
      const starts = (values[i - 1] ?? null) === null;
      const isLone = starts && (values[i + 1] ?? null) === null;
      return `${starts ? 'M' : 'L'}${x(i)},${y(value)}${isLone ? 'h0.1' : ''}`;
    })
    .join('');
}

/** From the point before to the point itself, so that the way out is seen too. */
function outsidePath(
  values: readonly (number | null)[],
  isOutside: (i: number) => boolean,
  x: Scale,
  y: Scale,
): string {
  return values
    .map((value, i) => {
      const before = values[i - 1] ?? null;
      if (value === null || before === null || !(isOutside(i) || isOutside(i - 1))) return '';
      return `M${x(i - 1)},${y(before)}L${x(i)},${y(value)}`;
    })
    .join('');
}
