import { invalid } from '../input.ts';
import type { Payload } from './selection.ts';

/**
 * A payload as Grafana sends it: an object, JSON text, or nothing.
 * @throws AgentError `request/invalid` naming `field`
 */
export function payloadOf(given: unknown, field: string): Payload {
  if (given === null || given === undefined || given === '') return {};
  const value = typeof given === 'string' ? parsed(given) : given;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Payload;
  throw invalid(`${field} is no JSON object`, {
    field,
    value: given,
    allowed: 'a JSON object such as {"cluster":"prod"}',
  });
}

function parsed(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
