import { AgentError } from '../core/errors.ts';

/** The place after an anomaly in the list, opaque to callers. */
export type AnomalyPlace = { startedAt: number; id: string };

export const encodePlace = ({ startedAt, id }: AnomalyPlace): string =>
  Buffer.from(JSON.stringify([startedAt, id])).toString('base64url');

/** @throws AgentError `request/invalid` for anything `encodePlace` did not make */
export function decodePlace(cursor: string): AnomalyPlace {
  let parts: unknown = null;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    // Told below, like any other text that is no cursor.
  }
  const [startedAt, id] = Array.isArray(parts) && parts.length === 2 ? (parts as unknown[]) : [];
  if (typeof startedAt === 'number' && typeof id === 'string') {
    const place = { startedAt, id };
    if (encodePlace(place) === cursor) return place;
  }
  throw new AgentError('request/invalid', 'The cursor is not one that this list gave.', {
    details: { field: 'cursor', value: cursor, allowed: 'the next_cursor of the page before' },
  });
}
