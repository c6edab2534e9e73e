import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockDataDir } from './data-lock.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hpa-watch-lock-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

test('a directory is made, taken once, and free again after it was given back', () => {
  const data = join(dir, 'deep', 'data');
  const release = lockDataDir(data);
  expect(statSync(data).mode & 0o777).toBe(0o700);
  expect(() => lockDataDir(data)).toThrow(expect.objectContaining({ code: 'agent/already-running' }));
  release();
  lockDataDir(data)();
});

test('what is no directory is told by name', () => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  expect(() => lockDataDir(file)).toThrow(
    expect.objectContaining({ code: 'storage/failed', message: expect.stringContaining(file) }),
  );
});
