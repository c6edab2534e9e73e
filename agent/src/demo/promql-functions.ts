import { invalid, unsupported } from './promql-error.ts';
import { anchored } from './promql-literals.ts';
import {
  dropName,
  endOf,
  emptySeries,
  mapped,
  merge,
  type StepSeries,
  type Steps,
  type Value,
} from './promql-vector.ts';

/** Functions of one number, with further scalar arguments. */
const MATHS: Record<string, (value: number, a: number, b: number) => number> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  ln: Math.log,
  sqrt: Math.sqrt,
  sgn: Math.sign,
  round: (value, to) => (Number.isNaN(to) ? Math.floor(value + 0.5) : Math.floor(value / to + 0.5) * to),
  clamp_min: (value, least) => Math.max(value, least),
  clamp_max: (value, most) => Math.min(value, most),
  clamp: (value, least, most) => Math.max(least, Math.min(most, value)),
};

const vectorOf = (value: Value | undefined): StepSeries[] => {
  if (value?.type !== 'vector') throw invalid('expected type instant vector in call to function');
  return value.series;
};
const scalarOf = (value: Value | undefined): Float64Array | null => (value?.type === 'scalar' ? value.values : null);
const stringOf = (value: Value | undefined): string => {
  if (value?.type !== 'string') throw invalid('expected type string in call to function');
  return value.value;
};

/** A function of instant vectors and scalars. https://prometheus.io/docs/prometheus/latest/querying/functions/ */
export function callFunction(name: string, args: readonly Value[], steps: Steps): Value {
  const maths = MATHS[name];
  if (maths !== undefined) {
    const [a, b] = [scalarOf(args[1]), scalarOf(args[2])];
    const series = vectorOf(args[0]).map((one) =>
      mapped(one, dropName(one.labels), (value, step) => maths(value, a?.[step] ?? NaN, b?.[step] ?? NaN)),
    );
    return { type: 'vector', series: merge(series) };
  }
  switch (name) {
    case 'time':
      return {
        type: 'scalar',
        values: Float64Array.from({ length: steps.count }, (_, step) => (steps.start + step * steps.stepMs) / 1_000),
      };
    case 'vector': {
      const values = scalarOf(args[0]);
      if (values === null) throw invalid('expected type scalar in call to function "vector"');
      return { type: 'vector', series: [{ labels: {}, from: 0, values, has: new Uint8Array(values.length).fill(1) }] };
    }
    case 'scalar':
      return { type: 'scalar', values: toScalar(vectorOf(args[0]), steps) };
    case 'absent':
      return { type: 'vector', series: [absent(vectorOf(args[0]), steps)] };
    case 'sort':
    case 'sort_desc':
      return { type: 'vector', series: vectorOf(args[0]) };
    case 'label_replace':
      return { type: 'vector', series: labelReplace(vectorOf(args[0]), args.slice(1).map(stringOf)) };
    default:
      throw unsupported(`function ${name}`);
  }
}

/** The value of the only series, NaN where there is none or more than one. */
function toScalar(series: readonly StepSeries[], { count }: Steps): Float64Array {
  return Float64Array.from({ length: count }, (_, step) => {
    const present = series.filter(({ from, has }) => has[step - from] === 1);
    const [only] = present;
    return present.length === 1 && only !== undefined ? (only.values[step - only.from] ?? NaN) : NaN;
  });
}

function absent(series: readonly StepSeries[], { count }: Steps): StepSeries {
  const result = emptySeries({}, 0, count);
  for (let step = 0; step < count; step++) {
    if (series.some(({ from, has }) => has[step - from] === 1)) continue;
    result.values[step] = 1;
    result.has[step] = 1;
  }
  return result;
}

function labelReplace(series: readonly StepSeries[], args: readonly string[]): StepSeries[] {
  const [destination = '', replacement = '', source = '', pattern = ''] = args;
  if (args.length !== 4) throw invalid('expected 5 argument(s) in call to "label_replace"');
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(destination)) {
    throw invalid(`invalid destination label name in label_replace(): ${destination}`);
  }
  const regexp = anchored(pattern);
  const replaced = series.map((one) => {
    const match = regexp.exec(one.labels[source] ?? '');
    if (match === null) return one;
    const value = expand(replacement, match);
    const labels: Record<string, string> = { ...one.labels, [destination]: value };
    if (value === '') delete labels[destination];
    return { ...one, labels, from: one.from, values: one.values.subarray(0, endOf(one) - one.from) };
  });
  return merge(replaced);
}

/** Go's Regexp.Expand: $1, ${1}, ${name}, $$; an unknown group is empty. */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|\{(\w+)\}|(\w+))/g, (_, dollar?: string, braced?: string, bare?: string) => {
    if (dollar !== undefined) return '$';
    const group = braced ?? bare ?? '';
    return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
  });
}
