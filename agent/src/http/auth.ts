import { createHash, timingSafeEqual } from 'node:crypto';
import { AgentError } from '../core/errors.ts';

export type AuthSettings = {
  /** May do everything. */
  writeTokens: string[];
  /** May GET and HEAD, and POST only under `/grafana/`. */
  readTokens: string[];
};

export type Access = 'write' | 'read';

const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

/**
 * Checks one request. Digests of equal length are compared in constant time and all of them each time, so that neither
 * the time nor the order of tokens tells anything about them.
 * @throws AgentError `auth/required`, `auth/denied`, `auth/read-only`
 */
export function createAuth({ writeTokens, readTokens }: AuthSettings) {
  const entries = (access: Access, tokens: string[]) =>
    tokens.filter(Boolean).map((token) => ({ access, digest: digest(token) }));
  const known = [...entries('read', readTokens), ...entries('write', writeTokens)];

  function accessOf(header: string | undefined): Access {
    const token = /^Bearer +([^\s]+) *$/i.exec(header ?? '')?.[1];
    if (token === undefined)
      throw new AgentError('auth/required', 'This call needs the header "Authorization: Bearer TOKEN"');
    const given = digest(token);
    let access: Access | null = null;
    for (const entry of known) if (timingSafeEqual(entry.digest, given)) access = entry.access;
    if (access === null) throw new AgentError('auth/denied', 'This token is not known to the agent');
    return access;
  }

  return {
    check({
      method,
      path,
      authorization,
    }: {
      method: string;
      path: string;
      authorization: string | undefined;
    }): Access {
      const access = accessOf(authorization);
      if (access === 'read' && !mayRead(method, path))
        throw new AgentError('auth/read-only', `A read token may not ${method} ${path}`, {
          details: { field: 'Authorization', value: 'a read token', allowed: 'GET and HEAD; POST under /grafana/' },
        });
      return access;
    },
  };
}

const mayRead = (method: string, path: string): boolean =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && path.startsWith('/grafana/'));
