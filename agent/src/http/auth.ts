import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { Throttle } from './throttle.ts';

export type Tokens = {
  /** May do everything. */
  writeTokens: readonly string[];
  /** May GET and HEAD, and POST only under `/grafana/`. */
  readTokens: readonly string[];
};

export type Access = 'write' | 'read';

/** Who calls: what the token may do, and a name of the token that tells nothing about it. */
export type Caller = { access: Access; id: string };

export type Asked = {
  method: string;
  path: string;
  authorization: string | undefined;
  /** Where the call comes from. */
  address: string | undefined;
};

export type Auth = {
  /** @throws AgentError `auth/required`, `auth/denied`, `auth/throttled`, `auth/read-only` */
  check(asked: Asked): Caller;
  /** Whether the token behind this id is still one of ours. */
  knows(id: string): boolean;
};

type Known = { access: Access; digest: Buffer };

/**
 * Checks calls against the tokens there are now (`tokens` answers the same object until they change). What is compared are digests of one
 * length under a key of this process, in constant time and all of them each time: neither the time nor the order of tokens tells anything
 * about them, and nobody outside can tell which digest a guess has.
 */
export function createAuth(tokens: () => Tokens, throttle: Throttle): Auth {
  const key = randomBytes(32);
  const digest = (text: string): Buffer => createHmac('sha256', key).update(text, 'utf8').digest();
  const entries = (access: Access, texts: readonly string[]): Known[] =>
    texts.filter(Boolean).map((text) => ({ access, digest: digest(text) }));
  let of: Tokens | null = null;
  let known: Known[] = [];
  function all(): Known[] {
    const now = tokens();
    if (now !== of) known = [...entries('read', now.readTokens), ...entries('write', now.writeTokens)];
    of = now;
    return known;
  }
  function accessOf(given: Buffer): Access | null {
    let access: Access | null = null;
    for (const entry of all()) if (timingSafeEqual(entry.digest, given)) access = entry.access;
    return access;
  }

  function callerOf({ authorization, address }: Asked): Caller {
    const token = /^Bearer +([^\s]+) *$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) {
      throwThrottled(throttle.failed(address, null));
      throw new AgentError('auth/required', 'This call needs the header "Authorization: Bearer TOKEN"');
    }
    const given = digest(token);
    const id = given.toString('base64url');
    throwThrottled(throttle.waitToTry(address, id));
    const access = accessOf(given);
    if (access === null) {
      throwThrottled(throttle.failed(address, id));
      throw new AgentError('auth/denied', 'This token is not known to the agent');
    }
    throttle.succeeded(address, id);
    return { access, id };
  }

  return {
    check(asked) {
      const caller = callerOf(asked);
      if (caller.access === 'read' && !mayRead(asked.method, asked.path))
        throw new AgentError('auth/read-only', `A read token may not ${asked.method} ${asked.path}`, {
          details: { field: 'Authorization', value: 'a read token', allowed: 'GET and HEAD; POST under /grafana/' },
        });
      return caller;
    },
    knows: (id) => accessOf(Buffer.from(id, 'base64url')) !== null,
  };
}

const mayRead = (method: string, path: string): boolean =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && path.startsWith('/grafana/'));

/** @throws AgentError `auth/throttled` where there is something to wait for */
export function throwThrottled(waitMs: number): void {
  if (waitMs === 0) return;
  const seconds = Math.ceil(waitMs / SECOND);
  throw new AgentError('auth/throttled', `Too many calls from this address without a right token; wait ${seconds} s`, {
    retryable: true,
    details: { retry_after_seconds: seconds },
  });
}
