import { aggregate } from './promql-aggregate.ts';
import type { Expr } from './promql-ast.ts';
import { binary } from './promql-binary.ts';
import { invalid, unsupported } from './promql-error.ts';
import { callFunction } from './promql-functions.ts';
import { KEEPS_NAME, RANGE_FUNCTIONS } from './promql-range.ts';
import { instantVector, overWindows, type SampleSource } from './promql-select.ts';
import { dropName, mapped, merge, type Steps, type Value } from './promql-vector.ts';

/**
 * Evaluates an expression at every step at once over raw samples: nothing is known of any query beforehand.
 * @throws PromqlError where an operation is not possible or not part of this subset
 */
export function evaluate(expr: Expr, source: SampleSource, steps: Steps): Value {
  switch (expr.type) {
    case 'number':
      return { type: 'scalar', values: new Float64Array(steps.count).fill(expr.value) };
    case 'string':
      return { type: 'string', value: expr.value };
    case 'selector':
      if (expr.rangeMs !== null) throw invalid('expected type instant vector, got range vector');
      return { type: 'vector', series: instantVector(source, expr.matchers, steps, expr.offsetMs) };
    case 'negate':
      return negated(evaluate(expr.operand, source, steps));
    case 'call':
      return called(expr, source, steps);
    case 'aggregate': {
      const operand = evaluate(expr.operand, source, steps);
      if (operand.type !== 'vector') throw invalid('expected type instant vector in aggregation expression');
      const parameter = expr.param === null ? null : evaluate(expr.param, source, steps);
      if (parameter !== null && parameter.type !== 'scalar') throw unsupported(`a parameter of type ${parameter.type}`);
      return { type: 'vector', series: aggregate(expr.op, operand.series, expr, parameter?.values ?? null) };
    }
    case 'binary':
      return binary(expr, evaluate(expr.left, source, steps), evaluate(expr.right, source, steps));
  }
}

function negated(value: Value): Value {
  if (value.type === 'string')
    throw invalid('unary expression only allowed on expressions of type scalar or instant vector');
  if (value.type === 'scalar') return { type: 'scalar', values: value.values.map((number) => -number) };
  return {
    type: 'vector',
    series: merge(value.series.map((one) => mapped(one, dropName(one.labels), (number) => -number))),
  };
}

function called({ name, args }: Extract<Expr, { type: 'call' }>, source: SampleSource, steps: Steps): Value {
  const overRange = RANGE_FUNCTIONS[name];
  if (overRange === undefined) {
    return callFunction(
      name,
      args.map((arg) => evaluate(arg, source, steps)),
      steps,
    );
  }
  const [range] = args;
  if (range?.type === 'call' || range?.type === 'aggregate') throw unsupported('a subquery');
  if (range?.type !== 'selector' || range.rangeMs === null) {
    throw invalid(`expected type range vector in call to function "${name}", got instant vector`);
  }
  const { matchers, rangeMs, offsetMs } = range;
  const series = overWindows(source, matchers, steps, rangeMs, offsetMs, (samples) => overRange(samples, rangeMs));
  if (KEEPS_NAME.has(name)) return { type: 'vector', series };
  return { type: 'vector', series: merge(series.map((one) => ({ ...one, labels: dropName(one.labels) }))) };
}
