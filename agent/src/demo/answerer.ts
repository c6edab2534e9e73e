import { evaluate } from './promql-eval.ts';
import { invalid, PromqlError } from './promql-error.ts';
import { durationMs } from './promql-literals.ts';
import { parsePromql } from './promql-parse.ts';
import type { SampleSource } from './promql-select.ts';
import { hasAt, valueAt, type StepSeries, type Steps, type Value } from './promql-vector.ts';
import { labelKey } from './series.ts';

export type Answer = { status: number; body: unknown };

/** --query.max-points: more a series are refused, as Prometheus does. */
const MOST_POINTS = 11_000;

/** How a sample value reads in JSON. */
const shown = (value: number): string => (value === Infinity ? '+Inf' : String(value).replace('Infinity', 'Inf'));

/**
 * Answers a request as Prometheus' HTTP API does, from the samples of `source`. `now` is epoch ms. Never throws for what a caller did wrong.
 * https://prometheus.io/docs/prometheus/latest/querying/api/
 */
export function answer(path: string, parameters: URLSearchParams, source: SampleSource, now: number): Answer {
  try {
    switch (path) {
      case '/api/v1/query':
        return success(instant(parameters, source, now));
      case '/api/v1/query_range':
        return success(range(parameters, source));
      case '/api/v1/status/buildinfo':
        return success({
          version: '2.42.0',
          revision: 'simulated',
          branch: '',
          buildUser: '',
          buildDate: '',
          goVersion: '',
        });
      default:
        return failure(404, 'not_found', `no such call: ${path}`);
    }
  } catch (error) {
    if (error instanceof PromqlError) return failure(error.httpStatus, error.errorType, error.message);
    throw error;
  }
}

const success = (data: unknown): Answer => ({ status: 200, body: { status: 'success', data } });
const failure = (status: number, errorType: string, error: string): Answer => ({
  status,
  body: { status: 'error', errorType, error },
});

function instant(parameters: URLSearchParams, source: SampleSource, now: number): unknown {
  const text = parameters.get('time');
  const time = text === null ? now : timeOf('time', text);
  const value = run(parameters, source, { start: time, stepMs: 1, count: 1 });
  const at = time / 1_000;
  if (value.type === 'string') return { resultType: 'string', result: [at, value.value] };
  if (value.type === 'scalar') return { resultType: 'scalar', result: [at, shown(value.values[0] ?? NaN)] };
  const result = value.series
    .filter((series) => hasAt(series, 0))
    .map((series) => ({ metric: series.labels, value: [at, shown(valueAt(series, 0))] }));
  return { resultType: 'vector', result };
}

function range(parameters: URLSearchParams, source: SampleSource): unknown {
  const start = timeOf('start', parameters.get('start'));
  const end = timeOf('end', parameters.get('end'));
  const stepMs = stepOf(parameters.get('step'));
  if (end < start) throw invalid('invalid parameter "end": end timestamp must not be before start time');
  const count = Math.floor((end - start) / stepMs) + 1;
  if (count > MOST_POINTS) {
    throw invalid(
      'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
    );
  }
  const steps = { start, stepMs, count };
  const value = run(parameters, source, steps);
  if (value.type === 'string')
    throw invalid('invalid expression type "string" for range query, must be Scalar or instant Vector');
  const series: StepSeries[] =
    value.type === 'vector'
      ? value.series
      : [{ labels: {}, from: 0, values: value.values, has: new Uint8Array(count).fill(1) }];
  const result = series.flatMap((one) => {
    const values: [number, string][] = [];
    for (let i = 0; i < one.has.length; i++) {
      if (one.has[i] === 1) values.push([(start + (one.from + i) * stepMs) / 1_000, shown(one.values[i] ?? NaN)]);
    }
    return values.length === 0 ? [] : [{ key: labelKey(one.labels), metric: one.labels, values }];
  });
  result.sort((a, b) => (a.key < b.key ? -1 : 1));
  return { resultType: 'matrix', result: result.map(({ metric, values }) => ({ metric, values })) };
}

function run(parameters: URLSearchParams, source: SampleSource, steps: Steps): Value {
  return evaluate(parsePromql(parameters.get('query') ?? ''), source, steps);
}

/** Seconds since 1970 or RFC 3339, as epoch ms. */
function timeOf(name: string, text: string | null): number {
  const value =
    text === null || text === '' ? NaN : /^-?[0-9.]+(e[0-9]+)?$/i.test(text) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(value))
    throw invalid(`invalid parameter "${name}": cannot parse ${JSON.stringify(text ?? '')} to a valid timestamp`);
  return Math.round(value);
}

function stepOf(text: string | null): number {
  const value = text === null || text === '' ? NaN : durationMs(text);
  if (Number.isNaN(value))
    throw invalid(`invalid parameter "step": cannot parse ${JSON.stringify(text ?? '')} to a valid duration`);
  if (value <= 0)
    throw invalid(
      'invalid parameter "step": zero or negative query resolution step widths are not accepted. Try a positive integer',
    );
  return Math.round(value);
}
