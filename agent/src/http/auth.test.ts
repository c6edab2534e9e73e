import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createAuth, type Tokens } from './auth.ts';
import { createThrottle } from './throttle.ts';

const asked = (token: string, method = 'GET') => ({
  method,
  path: '/api/v1/access',
  authorization: `Bearer ${token}`,
  address: '127.0.0.1',
});

function started(writeTokens = ['write'], readTokens = ['read']) {
  let tokens: Tokens = { writeTokens, readTokens };
  const clock = new FakeClock();
  const auth = createAuth(() => tokens, createThrottle(clock));
  return { auth, clock, become: (next: Tokens) => (tokens = next) };
}

test('a token is known by a digest that is another one in each process, so that nobody can aim at it', () => {
  const ids = [started(), started()].map(({ auth }) => auth.check(asked('write')).id);
  expect(new Set(ids).size).toBe(2);
  expect(ids).not.toContain(createHash('sha256').update('write').digest('base64url'));
  for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(32);
});

test('tokens are rotated while calls come in', () => {
  const { auth, become } = started(['old'], ['old-read']);
  const { id } = auth.check(asked('old'));
  expect(() => auth.check(asked('new'))).toThrow('not known');
  become({ writeTokens: ['new', 'old'], readTokens: ['new-read', 'old-read'] });
  for (const token of ['old', 'new']) expect(auth.check(asked(token)).access).toBe('write');
  for (const token of ['old-read', 'new-read']) expect(auth.check(asked(token)).access).toBe('read');
  expect(auth.knows(id)).toBe(true);
  become({ writeTokens: ['new'], readTokens: ['new-read'] });
  expect(() => auth.check(asked('old'))).toThrow('not known');
  expect(() => auth.check(asked('old-read'))).toThrow('not known');
  expect(auth.knows(id)).toBe(false);
});

const codeOf = (run: () => unknown): string => {
  try {
    run();
    return 'let in';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

test('guesses are told to wait, whoever has the right token is not', async () => {
  const { auth, clock } = started();
  expect(codeOf(() => auth.check(asked('write')))).toBe('let in');
  const codes = Array.from({ length: 200 }, (_, index) => codeOf(() => auth.check(asked(`guess-${index}`))));
  expect(codes.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 'auth/denied'));
  expect(codes.slice(20)).toEqual(Array.from({ length: 180 }, () => 'auth/throttled'));
  expect(codeOf(() => auth.check(asked('write')))).toBe('let in');
  // One that was never used from here is as good as a guess until the next one is free.
  expect(codeOf(() => auth.check(asked('read')))).toBe('auth/throttled');
  await clock.advance(6_000);
  expect(codeOf(() => auth.check(asked('read')))).toBe('let in');
});

test('a program with an old token keeps nobody out, and is let in as soon as it has the right one', () => {
  const { auth } = started();
  const codes = Array.from({ length: 200 }, () => codeOf(() => auth.check(asked('of-last-year'))));
  expect(new Set(codes)).toEqual(new Set(['auth/denied', 'auth/throttled']));
  expect(codeOf(() => auth.check(asked('write')))).toBe('let in');
});

test('one that waits is told how long', () => {
  const { auth } = started();
  for (let index = 0; index < 20; index += 1) codeOf(() => auth.check(asked(`guess-${index}`)));
  expect(() => auth.check(asked('guess'))).toThrow('wait 6 s');
});
