import { AgentError } from '../core/errors.ts';
import type { HpaKey } from '../domain/hpa.ts';

/** The place after an HPA in the list, opaque to callers: base64url of its key as JSON. */
export const encodeCursor = ({ cluster, namespace, hpa }: HpaKey): string =>
  Buffer.from(JSON.stringify([cluster, namespace, hpa])).toString('base64url');

/** @throws AgentError `request/invalid` for anything `encodeCursor` did not make */
export function decodeCursor(cursor: string): HpaKey {
  const parts = parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  const [cluster, namespace, hpa] = Array.isArray(parts) && parts.length === 3 ? (parts as unknown[]) : [];
  if (typeof cluster === 'string' && typeof namespace === 'string' && typeof hpa === 'string') {
    const key = { cluster, namespace, hpa };
    if (encodeCursor(key) === cursor) return key;
  }
  throw new AgentError('request/invalid', 'The cursor is not one that this list gave.', {
    details: { field: 'cursor', value: cursor, allowed: 'the next_cursor of the page before' },
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
