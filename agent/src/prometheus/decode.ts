import { AgentError } from '../core/errors.ts';
import { isValue } from '../domain/sample.ts';
import type { Series } from './prometheus.ts';

/** What an answer says besides its series. */
export type Decoded = { series: Series[]; warnings: string[] };

/** Numbers that Prometheus writes and that are no values: they count as missing. */
const NOT_A_VALUE = new Set(['NaN', '+Inf', '-Inf', 'Inf']);

/** As Go writes floats, so neither blanks nor hexadecimal, which JavaScript reads as numbers too. */
const NUMBER = /^[-+]?[0-9.]+(?:e[-+]?[0-9]+)?$/i;
/** The last instant that a date can be of, s. */
const MOST_SECONDS = 8.64e12;

const badAnswer = (what: string): AgentError =>
  new AgentError('prometheus/bad-answer', `the answer is not that of a Prometheus: ${what}`, { retryable: false });

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One series cut out of an answer. @throws AgentError `prometheus/bad-answer` */
export function decodeSeries(text: string): Series {
  const entry = parse(text);
  return isRecord(entry) && 'value' in entry ? decodeVectorEntry(entry) : decodeMatrixEntry(entry);
}

/**
 * The body of a successful answer of /api/v1/query or /api/v1/query_range (result types matrix, vector and scalar).
 * Written by hand, not by a schema: an answer holds hundreds of thousands of points.
 * Source: https://prometheus.io/docs/prometheus/latest/querying/api/#expression-query-result-formats
 * `cutOut`: series that were taken out of the body and decoded before, a 0 in the place of each (see answer-reader.ts).
 *
 * @throws AgentError `prometheus/bad-answer` on anything of another shape
 */
export function decodeAnswer(text: string, cutOut: readonly Series[] = []): Decoded {
  const body = parse(text);
  if (!isRecord(body) || body.status !== 'success' || !isRecord(body.data)) throw badAnswer('no success body');
  const { resultType, result } = body.data;
  if (!Array.isArray(result)) throw badAnswer('no result list');
  const series = cutOut.length === 0 ? decodeResult(resultType, result) : putBack(resultType, result, cutOut);
  return { series, warnings: decodeWarnings(body.warnings) };
}

function putBack(resultType: unknown, result: readonly unknown[], cutOut: readonly Series[]): Series[] {
  const isWhole = result.length === cutOut.length && result.every((entry) => entry === 0);
  if (!isWhole || (resultType !== 'matrix' && resultType !== 'vector')) throw badAnswer('series elsewhere');
  return cutOut.filter(({ times }) => resultType === 'matrix' || times.length > 0);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new AgentError('prometheus/bad-answer', 'the answer is not whole JSON', { retryable: true, cause });
  }
}

function decodeResult(resultType: unknown, result: unknown[]): Series[] {
  if (resultType === 'matrix') return result.map(decodeMatrixEntry);
  if (resultType === 'vector') return result.map(decodeVectorEntry).filter(({ times }) => times.length > 0);
  if (resultType === 'scalar') return [decodePoints({}, [result])];
  throw badAnswer(
    `result type ${typeof resultType === 'string' ? JSON.stringify(resultType.slice(0, 40)) : typeof resultType}`,
  );
}

function decodeMatrixEntry(entry: unknown): Series {
  if (!isRecord(entry)) throw badAnswer('a series that is no object');
  // A series of native histograms has `histograms` in place of `values`; none of our queries asks for them.
  const points = entry.values ?? [];
  if (!Array.isArray(points)) throw badAnswer('values that are no list');
  return decodePoints(decodeLabels(entry.metric), points);
}

function decodeVectorEntry(entry: unknown): Series {
  if (!isRecord(entry)) throw badAnswer('a series that is no object');
  const labels = decodeLabels(entry.metric);
  return decodePoints(labels, entry.value === undefined ? [] : [entry.value]);
}

function decodeLabels(metric: unknown): Record<string, string> {
  if (!isRecord(metric)) throw badAnswer('a series without labels');
  for (const value of Object.values(metric)) if (typeof value !== 'string') throw badAnswer('a label that is no text');
  return metric as Record<string, string>;
}

function decodePoints(labels: Record<string, string>, points: unknown[]): Series {
  const times: number[] = [];
  const values: number[] = [];
  for (const point of points) {
    if (!Array.isArray(point) || point.length !== 2) throw badAnswer('a point that is no pair');
    const [seconds, text] = point as [unknown, unknown];
    if (typeof seconds !== 'number' || typeof text !== 'string') throw badAnswer('a point of other types');
    // Without Math.abs JSON's 1e999 would pass: it reads as Infinity.
    if (Math.abs(seconds) > MOST_SECONDS) throw badAnswer('a point at no time there is');
    const value = NUMBER.test(text) ? Number(text) : NaN;
    if (isValue(value)) {
      times.push(Math.round(seconds * 1_000));
      values.push(value);
    } else if (Number.isNaN(value) && !NOT_A_VALUE.has(text)) {
      throw badAnswer(`a value ${JSON.stringify(text.slice(0, 40))}`);
    }
  }
  return { labels, times, values };
}

const decodeWarnings = (warnings: unknown): string[] =>
  Array.isArray(warnings) ? warnings.filter((warning) => typeof warning === 'string') : [];
