import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptToken } from './token.ts';

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
  writeFileSync(join(dir, 'token'), 'short\n');
  expect(() => keptToken(dir)).toThrow(/holds no token of at least 16 characters: remove it/);
});
