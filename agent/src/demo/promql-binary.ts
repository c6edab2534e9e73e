import type { ArithmeticOp, ComparisonOp, Matching, SetOp } from './promql-ast.ts';
import { failed, invalid } from './promql-error.ts';
import {
  dropName,
  emptySeries,
  endOf,
  mapped,
  merge,
  only,
  without,
  type StepSeries,
  type Value,
} from './promql-vector.ts';
import { labelKey } from './series.ts';

const ARITHMETIC: Record<ArithmeticOp, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
  atan2: (a, b) => Math.atan2(a, b),
};

const COMPARISON: Record<ComparisonOp, (a: number, b: number) => boolean> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

export type Operation = { op: ArithmeticOp | ComparisonOp | SetOp; bool: boolean; matching: Matching | null };

const isSetOp = (op: Operation['op']): op is SetOp => op === 'and' || op === 'or' || op === 'unless';
const isComparison = (op: Operation['op']): op is ComparisonOp => op in COMPARISON;

/** What an operator makes of two numbers, and whether the pair stays in the result. */
function rules({ op, bool }: Operation) {
  if (isSetOp(op)) throw invalid(`set operator ${JSON.stringify(op)} not allowed in binary scalar expression`);
  if (!isComparison(op)) return { combine: ARITHMETIC[op], keep: () => true, dropsName: true, filters: false };
  const holds = COMPARISON[op];
  return bool
    ? { combine: (a: number, b: number) => (holds(a, b) ? 1 : 0), keep: () => true, dropsName: true, filters: false }
    : { combine: (a: number) => a, keep: holds, dropsName: false, filters: true };
}

/**
 * A binary operator between any two values.
 * https://prometheus.io/docs/prometheus/latest/querying/operators/#binary-operators
 */
export function binary(operation: Operation, left: Value, right: Value): Value {
  if (left.type === 'string' || right.type === 'string') {
    throw invalid('binary expression must contain only scalar and instant vector types');
  }
  if (left.type === 'vector' && right.type === 'vector') {
    const series = isSetOp(operation.op)
      ? setOperation(operation.op, operation.matching, left.series, right.series)
      : joinVectors(operation, left.series, right.series);
    return { type: 'vector', series };
  }
  const { combine, keep, dropsName, filters } = rules(operation);
  if (left.type === 'scalar' && right.type === 'scalar') {
    if (filters) throw invalid('comparisons between scalars must use BOOL modifier');
    return { type: 'scalar', values: left.values.map((value, step) => combine(value, right.values[step] ?? NaN)) };
  }
  const swapped = left.type === 'scalar';
  const vector = left.type === 'vector' ? left.series : right.type === 'vector' ? right.series : [];
  const scalar = left.type === 'scalar' ? left.values : right.type === 'scalar' ? right.values : new Float64Array();
  const pair = (value: number, step: number): [number, number] =>
    swapped ? [scalar[step] ?? NaN, value] : [value, scalar[step] ?? NaN];
  const series = vector.map((one) =>
    mapped(
      one,
      dropsName ? dropName(one.labels) : one.labels,
      (value, step) => (filters ? value : combine(...pair(value, step))),
      (value, step) => keep(...pair(value, step)),
    ),
  );
  return { type: 'vector', series: merge(series) };
}

const signatureOf =
  (matching: Matching | null) =>
  (labels: StepSeries['labels']): string =>
    labelKey(
      matching?.on === true
        ? only(labels, matching.labels)
        : without(labels, ['__name__', ...(matching?.labels ?? [])]),
    );

function bySignature(series: readonly StepSeries[], signature: (labels: StepSeries['labels']) => string) {
  const groups = new Map<string, StepSeries[]>();
  for (const one of series) {
    const key = signature(one.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return groups;
}

const anyAt = (series: readonly StepSeries[], step: number): boolean =>
  series.some(({ from, has }) => has[step - from] === 1);

function setOperation(
  op: SetOp,
  matching: Matching | null,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
): StepSeries[] {
  const signature = signatureOf(matching);
  const filtered = (series: readonly StepSeries[], against: readonly StepSeries[], wanted: boolean): StepSeries[] => {
    const groups = bySignature(against, signature);
    return series.flatMap((one) => {
      const others = groups.get(signature(one.labels)) ?? [];
      if (others.length === 0) return wanted ? [] : [one];
      return [
        mapped(
          one,
          one.labels,
          (value) => value,
          (_, step) => anyAt(others, step) === wanted,
        ),
      ];
    });
  };
  if (op === 'and') return filtered(left, right, true);
  if (op === 'unless') return filtered(left, right, false);
  return merge([...left, ...filtered(right, left, false)]);
}

function joinVectors(operation: Operation, left: readonly StepSeries[], right: readonly StepSeries[]): StepSeries[] {
  const { matching } = operation;
  const group = matching?.group ?? null;
  const [many, one] = group === 'right' ? [right, left] : [left, right];
  const signature = signatureOf(matching);
  const ones = bySignature(one, signature);
  for (const candidates of ones.values()) assertUnique(candidates, group === 'right' ? 'left' : 'right');
  const results: StepSeries[] = [];
  for (const series of many) {
    for (const partner of ones.get(signature(series.labels)) ?? []) {
      results.push(joinPair(operation, series, partner));
    }
  }
  return merge(results);
}

function assertUnique(candidates: readonly StepSeries[], side: 'left' | 'right'): void {
  if (candidates.length < 2) return;
  try {
    merge(candidates.map((series) => ({ ...series, labels: {} })));
  } catch {
    const labels = JSON.stringify(candidates[0]?.labels);
    throw failed(
      `found duplicate series for the match group ${labels} on the ${side} hand-side of the operation;many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }
}

function joinPair(operation: Operation, many: StepSeries, one: StepSeries): StepSeries {
  const { matching } = operation;
  const { combine, keep, dropsName } = rules(operation);
  const swapped = matching?.group === 'right';
  const from = Math.max(many.from, one.from);
  const result = emptySeries(
    resultLabels(matching, dropsName, many.labels, one.labels),
    from,
    Math.min(endOf(many), endOf(one)),
  );
  for (let i = 0; i < result.has.length; i++) {
    if (many.has[from + i - many.from] !== 1 || one.has[from + i - one.from] !== 1) continue;
    const a = many.values[from + i - many.from] ?? NaN;
    const b = one.values[from + i - one.from] ?? NaN;
    const [left, right] = swapped ? [b, a] : [a, b];
    if (!keep(left, right)) continue;
    result.values[i] = combine(left, right);
    result.has[i] = 1;
  }
  return result;
}

function resultLabels(
  matching: Matching | null,
  dropsName: boolean,
  many: StepSeries['labels'],
  one: StepSeries['labels'],
): Record<string, string> {
  const base = dropsName ? dropName(many) : { ...many };
  if (matching === null) return base;
  if (matching.group === null) return matching.on ? only(base, matching.labels) : without(base, matching.labels);
  for (const label of matching.include) {
    if (one[label]) base[label] = one[label];
    else delete base[label];
  }
  return base;
}
