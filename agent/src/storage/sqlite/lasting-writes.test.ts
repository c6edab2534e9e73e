import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { withDatabase, withTempDirectory } from './database.fixture.ts';
import { lasting, LASTING_METHODS, withLastingWrites } from './lasting-writes.ts';
import { readWatchedList, watchedListPath } from './watched-list.ts';

const FULL = 2;
const NORMAL = 1;

test('what people asked for is committed with an fsync, everything else without, also after a failure', () =>
  withTempDirectory((directory) => {
    const db = new Sqlite(join(directory, 'test.db'));
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = NORMAL');
    const level = () => Number(db.pragma('synchronous', { simple: true }));
    const after: number[] = [];
    const methods = {
      enrol: () => db.transaction(level)(),
      fail: (): never => {
        throw new Error('refused');
      },
      scan: () => db.transaction(level)(),
    };
    const made = withLastingWrites(db, methods, ['enrol', 'fail'], () => after.push(level()));
    expect([made.enrol(), made.scan(), level()]).toEqual([FULL, NORMAL, NORMAL]);
    expect(() => made.fail()).toThrow('refused');
    expect([level(), lasting(db, level), level()]).toEqual([NORMAL, FULL, NORMAL]);
    expect(after).toHaveLength(1);
    db.close();
  }));

test('each of these calls of a database is lasting, and the list beside it holds what it changed', () =>
  withDatabase((database, path) => {
    for (const name of LASTING_METHODS) expect(database).toHaveProperty(name, expect.any(Function));
    const [enrolled] = database.enrol([{ cluster: 'a', namespace: 'b', hpa: 'c' }], 5);
    const id = enrolled?.hpa.id ?? 0;
    expect(readWatchedList(path)?.hpas).toMatchObject([
      { id, hpa: 'c', enrolled: true, active: true, mutedUntil: null },
    ]);
    database.patchHpa(id, { mutedUntil: 9, active: false });
    expect(readWatchedList(path)?.hpas).toMatchObject([{ mutedUntil: 9, active: false }]);
    database.removeHpa(id, { purge: false });
    expect(readWatchedList(path)?.hpas).toMatchObject([{ enrolled: false }]);
    database.removeHpa(id, { purge: true });
    expect(readWatchedList(path)?.hpas).toEqual([]);
    database.saveCluster({ name: 'a', definition: { context: 'a-admin' }, lane: 0, place: 0, createdAt: 1 });
    expect(readWatchedList(path)?.clusters).toMatchObject([{ name: 'a', definition: { context: 'a-admin' } }]);
  }));

test('a list that is half there, or holds what cannot be, counts as none', () =>
  withDatabase((database, path) => {
    database.enrol([{ cluster: 'a', namespace: 'b', hpa: 'c' }], 5);
    const list = watchedListPath(path);
    const text = readFileSync(list, 'utf8');
    for (const spoilt of [text.slice(0, text.length / 2), text.replace('"hpa":"c"', '"hpa":"../c"'), '']) {
      writeFileSync(list, spoilt);
      expect(readWatchedList(path)).toBeNull();
    }
  }));
