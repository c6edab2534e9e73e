import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptToken, tokensIn } from './token.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hpa-watch-token-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

test('a token of 32 bytes is made once, readable by its owner only, and kept', () => {
  const first = keptToken(dir);
  expect(first.created).toBe(true);
  expect(Buffer.from(first.token, 'base64url')).toHaveLength(32);
  expect(statSync(first.path).mode & 0o777).toBe(0o600);
  expect(keptToken(dir)).toEqual({ ...first, created: false });
});

test('two directories have two tokens', () => {
  const other = mkdtempSync(join(dir, 'other-'));
  expect(keptToken(dir).token).not.toBe(keptToken(other).token);
});

test('a file without a usable token is refused with what to do', () => {
  writeFileSync(join(dir, 'token'), 'sh0rt\n');
  expect(() => keptToken(dir)).toThrow(/line 1 is none; allowed: a token of at least 16 visible .*Remove it/);
});

test('a file may hold several tokens, so that a new one is known before the old one is gone', () => {
  const old = 'old-0123456789abcdef';
  const next = 'new-0123456789abcdef';
  expect(tokensIn('f', `# since monday\r\n${next}\n\n  ${old}  \n${next}\n`)).toEqual([next, old]);
});

test.each([
  ['', 'it holds none'],
  ['# nothing but a word about it\n', 'it holds none'],
  ['good-0123456789abcdef\nsh0rt\n', 'line 2 is none'],
  ['with a space 0123456789', 'line 1 is none'],
  ['umlaut-ä-0123456789abc', 'line 1 is none'],
])('%j is refused, and not repeated', (content, why) => {
  expect(() => tokensIn('/run/token', content)).toThrow(`/run/token: ${why}; allowed: a token of at least 16`);
  expect(() => tokensIn('/run/token', content)).not.toThrow(/0123|sh0rt/);
});
