import { floorTo, MINUTE } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { isValue } from '../domain/sample.ts';
import { INSTANT_ALLOWED, parseInstant } from './when.ts';

/** `ts` is the whole minute, epoch ms. */
export type CsvPoint = { ts: number; value: number };

const VALUE_ALLOWED = 'a number of 0 or more; leave the line out where nothing is known';

/**
 * Lines of timestamp,value, ascending -> a point a minute, the last one where a minute has several. A first line of words is a heading;
 * empty lines are passed over.
 * @throws AgentError `request/invalid` naming the line, what was found and what is allowed
 */
export function readCsv(text: string, name: string): CsvPoint[] {
  const points: CsvPoint[] = [];
  let before = { at: -Infinity, line: 0 };
  let isFirst = true;
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .entries()) {
    if (raw.trim() === '') continue;
    const line = index + 1;
    const fields = raw.split(',').map(unquoted);
    const [time = '', number = ''] = fields;
    if (fields.length !== 2) throw badLine(name, line, raw, 'two fields, timestamp,value');
    const [at, value] = [parseInstant(time), valueOf(number)];
    const isHeading = isFirst && at === null && value === null && number !== '';
    isFirst = false;
    if (isHeading) continue;
    if (at === null) throw badLine(name, line, time, INSTANT_ALLOWED, 'timestamp');
    if (value === null) throw badLine(name, line, number, VALUE_ALLOWED, 'value');
    if (at < before.at) throw badLine(name, line, time, `a time not before that of line ${before.line}`, 'timestamp');
    before = { at, line };
    const point = { ts: floorTo(at, MINUTE), value };
    if (points.at(-1)?.ts === point.ts) points.pop();
    points.push(point);
  }
  if (points.length === 0)
    throw new AgentError('request/invalid', `${name} holds no values; allowed: lines of timestamp,value`);
  return points;
}

const unquoted = (field: string): string => field.trim().replace(/^"(.*)"$/, '$1');

const valueOf = (text: string): number | null =>
  text.length <= 400 && /^\+?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(text) && isValue(Number(text))
    ? Number(text)
    : null;

function badLine(name: string, line: number, found: string, allowed: string, field?: string): AgentError {
  const shown = JSON.stringify(found.length > 80 ? `${found.slice(0, 80)}...` : found);
  const what = field === undefined ? '' : `${field} `;
  return new AgentError('request/invalid', `${name}, line ${line}: found ${what}${shown}; allowed: ${allowed}`, {
    details: { line, found, allowed },
  });
}
