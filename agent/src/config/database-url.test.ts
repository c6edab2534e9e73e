import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentError } from '../core/errors.ts';
import { databasePartitions, databaseUrl } from './database-url.ts';

const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-database-url-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const fileOf = (text: string): string => {
  const path = join(dir, `password-${text.length}`);
  writeFileSync(path, text);
  return path;
};
const of = (url: string | undefined, file?: string) =>
  databaseUrl({ HPA_WATCH_DATABASE_URL: url, HPA_WATCH_DATABASE_PASSWORD_FILE: file }, '/');
const refusal = (run: () => unknown): AgentError => {
  try {
    run();
  } catch (error) {
    return error as AgentError;
  }
  throw new Error('nothing was refused');
};

describe('the URL of the database', () => {
  test.each([
    [undefined, undefined, null],
    ['', '', null],
    ['postgres://me:pw@db.example/watch', undefined, 'postgres://me:pw@db.example/watch'],
    ['postgresql://db:6432/watch?sslmode=require', '', 'postgresql://db:6432/watch?sslmode=require'],
    ['postgres:///watch?host=/run/postgresql', undefined, 'postgres:///watch?host=/run/postgresql'],
  ])('%s with the file %s is %s', (url, file, expected) => expect(of(url, file)).toBe(expected));

  test.each([
    ['a plain word', 's3cret\n', 's3cret'],
    ['signs that mean something in URLs', 'a@b:/c?d#e%f', 'a@b:/c?d#e%f'],
    ['spaces at its ends', ' x \r\n', ' x '],
  ])('takes the password from a file: %s', (_, text, password) => {
    const url = new URL(of('postgres://me@db/watch', fileOf(text))!);
    expect(decodeURIComponent(url.password)).toBe(password);
    expect([url.username, url.hostname, url.pathname]).toEqual(['me', 'db', '/watch']);
  });

  test.each([
    ['an empty file', fileOf('')],
    ['a file that is not there', join(dir, 'absent')],
  ])('without a URL %s is no wish for a database', (_, file) => expect(of('', file)).toBeNull());

  test('an empty file takes no password away', () =>
    expect(of('postgres://me:pw@db/watch', fileOf(''))).toBe('postgres://me:pw@db/watch'));

  test.each([
    ['no URL', 'db.example', undefined, /HPA_WATCH_DATABASE_URL: .*allowed: postgres:\/\//],
    ['another kind of database', 'mysql://me:s3cret@db/watch', undefined, /HPA_WATCH_DATABASE_URL/],
    ['no database named', 'postgres://me:s3cret@db', undefined, /HPA_WATCH_DATABASE_URL/],
    ['no host', 'postgres:///watch', undefined, /HPA_WATCH_DATABASE_URL/],
    ['a password and nothing to use it for', '', fileOf('s3cret'), /HPA_WATCH_DATABASE_URL: found nothing/],
    ['two passwords', 'postgres://me:s3cret@db/watch', fileOf('s3cret'), /not in both/],
    ['no such file', 'postgres://me@db/watch', join(dir, 'absent'), /HPA_WATCH_DATABASE_PASSWORD_FILE: .*absent/],
  ])('refuses %s, and shows no password', (_, url, file, sentence) => {
    const { code, message, details } = refusal(() => of(url, file));
    expect(code).toBe('config/invalid');
    expect(message).toMatch(sentence);
    expect(`${message} ${JSON.stringify(details)}`).not.toContain('s3cret');
  });
});

describe('partitions by day', () => {
  test.each([
    [undefined, true],
    ['', true],
    ['on', true],
    ['off', false],
  ])('%s: %s', (text, expected) => expect(databasePartitions({ HPA_WATCH_DATABASE_PARTITIONS: text })).toBe(expected));

  test('anything else is refused', () => {
    const run = () => databasePartitions({ HPA_WATCH_DATABASE_PARTITIONS: 'no' });
    expect(refusal(run).message).toMatch(/HPA_WATCH_DATABASE_PARTITIONS: found "no"; allowed: "on"/);
  });
});
