import { expect, test } from '@jest/globals';
import Sqlite, { type Database } from 'better-sqlite3';
import { migrate } from './migrations.ts';

const STEPS = ['CREATE TABLE one (x)', 'CREATE TABLE two (x)', 'CREATE TABLE three (x)'];
const migration = 'CREATE TABLE migration (version INTEGER, applied_at INTEGER);';
const steps = STEPS.map((sql, i) => (i === 0 ? `${migration} ${sql}` : sql));
const tables = (db: Database) =>
  db.prepare("SELECT name FROM sqlite_master WHERE name <> 'migration' ORDER BY rowid").pluck().all();

test('only the steps that are missing run, each once', () => {
  const db = new Sqlite(':memory:');
  expect(migrate(db, steps.slice(0, 2), 5)).toEqual({ from: 0, to: 2 });
  expect(migrate(db, steps, 7)).toEqual({ from: 2, to: 3 });
  expect(migrate(db, steps, 9)).toEqual({ from: 3, to: 3 });
  expect(tables(db)).toEqual(['one', 'two', 'three']);
  expect(db.prepare('SELECT applied_at FROM migration ORDER BY version').pluck().all()).toEqual([5, 5, 7]);
});

test('a step that fails leaves nothing of itself; the ones before stay', () => {
  const db = new Sqlite(':memory:');
  const broken = [...steps.slice(0, 2), 'CREATE TABLE three (x); CREATE TABLE one (x)'];
  expect(() => migrate(db, broken, 0)).toThrow('already exists');
  expect(tables(db)).toEqual(['one', 'two']);
  expect(db.pragma('user_version', { simple: true })).toBe(2);
});

test('a newer database is refused', () => {
  const db = new Sqlite(':memory:');
  migrate(db, steps, 0);
  expect(() => migrate(db, steps.slice(0, 2), 0)).toThrow(expect.objectContaining({ code: 'storage/newer-schema' }));
});
