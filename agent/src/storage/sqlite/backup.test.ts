import { existsSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { MINUTE } from '../../core/clock.ts';
import { backUp } from './backup.ts';
import { openDatabase, type Database } from './database.ts';
import { enrolMany, packed, withTempDirectory } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { openOrRebuild } from './rebuild.ts';
import { restoreFrom } from './restore.ts';
import { MIGRATIONS } from './schema.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const quiet = () => undefined;
const keep = { replace: false, onProgress: quiet };

type Places = { path: string; copy: string; directory: string };
const withPlaces = (run: (places: Places) => Promise<void>) =>
  withTempDirectory((directory) =>
    run({ directory, path: join(directory, 'monitoring.db'), copy: join(directory, 'backups', 'copy.db') }),
  );
const open = (path: string): Database => openDatabase({ path, busyTimeoutMs: 1_000, maxBytes: null, now: NOW });
/** `count` HPAs of 500 samples each. */
function fill(database: Database, count: number): void {
  for (const id of enrolMany(database, count))
    database.writeSamples(
      packed(
        id,
        Array.from({ length: 500 }, (_, i) => sample(i * MINUTE, { cpuCurrent: i / 7 })),
      ),
    );
}

test('a copy of a database that is open and written to is one moment of it, a single file for its owner', () =>
  withPlaces(async ({ path, copy, directory }) => {
    const database = open(path);
    fill(database, 20);
    const parts: [string, number][] = [];
    let written = 0;
    const facts = await backUp(path, copy, {
      replace: false,
      onProgress(part, percent) {
        parts.push([part, percent]);
        // The writer writes while pages are copied.
        if (part === 'copying') database.enrol([{ cluster: 'later', namespace: 'n', hpa: `h${written++}` }], NOW);
      },
    });
    expect(facts).toMatchObject({ hpas: 20, samples: 10_000, schema: MIGRATIONS.length });
    expect(written).toBeGreaterThan(0);
    expect(parts.at(-1)).toEqual(['checking', 100]);
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(directory, 'backups'))).toEqual(['copy.db']);
    const opened = open(copy);
    expect(opened.hpasOfCluster('c')).toHaveLength(20);
    expect(opened.hpasOfCluster('later')).toHaveLength(0);
    opened.close();
    database.close();
  }));

test('a file that is there is replaced only where that is wanted', () =>
  withPlaces(async ({ path, directory }) => {
    open(path).close();
    const copy = join(directory, 'mine');
    writeFileSync(copy, 'mine');
    await expect(backUp(path, copy, keep)).rejects.toMatchObject({ code: 'storage/exists' });
    expect(readFileSync(copy, 'utf8')).toBe('mine');
    await backUp(path, copy, { ...keep, replace: true });
    open(copy).close();
  }));

test('of a damaged or missing database there is no copy, and nothing is left of the attempt', () =>
  withPlaces(async ({ path, copy, directory }) => {
    await expect(backUp(path, copy, keep)).rejects.toMatchObject({ code: 'storage/failed' });
    const database = open(path);
    fill(database, 20);
    database.close();
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xa5, bytes.length / 2, bytes.length / 2 + 9_000));
    await expect(backUp(path, copy, keep)).rejects.toMatchObject({ code: 'storage/corrupt' });
    expect(readdirSync(join(directory, 'backups'))).toEqual([]);
  }));

test('a restored copy is what it was; the database before is kept, and restoring that undoes it', () =>
  withPlaces(async ({ path, copy }) => {
    const first = open(path);
    fill(first, 3);
    first.close();
    await backUp(path, copy, keep);
    const later = open(path);
    later.enrol([{ cluster: 'later', namespace: 'n', hpa: 'h' }], NOW);
    const revision = later.anomalyChanges({ limit: 1 }, null).revision;
    later.close();

    const { keptAs, samples } = await restoreFrom(copy, path, { now: NOW, onProgress: quiet });
    expect([keptAs, samples]).toEqual([`${path}.before-restore-2026-11-24T12-00-00Z`, 1_500]);
    const restored = open(path);
    expect([restored.hpasOfCluster('c').length, restored.hpasOfCluster('later').length]).toEqual([3, 0]);
    expect(restored.anomalyChanges({ limit: 1 }, revision).changed).toBeNull();
    restored.close();

    await restoreFrom(keptAs ?? '', path, { now: NOW + MINUTE, onProgress: quiet });
    const undone = open(path);
    expect(undone.hpasOfCluster('later')).toHaveLength(1);
    undone.close();
  }));

test.each<[string, string, (file: string) => void]>([
  ['an empty file', 'storage/corrupt', (file) => writeFileSync(file, '')],
  ['no database', 'storage/corrupt', (file) => writeFileSync(file, 'text '.repeat(2_000))],
  ['half of a copy', 'storage/corrupt', (file) => truncateSync(file, 20_480)],
  [
    'a newer schema',
    'storage/newer-schema',
    (file) =>
      change(file, `PRAGMA user_version = 99; UPDATE migration SET version = 99 WHERE version = ${MIGRATIONS.length}`),
  ],
  [
    'a database without tables',
    'storage/foreign',
    (file) => (writeFileSync(file, ''), change(file, 'CREATE TABLE x (y); DROP TABLE x')),
  ],
  [
    'a database of another program',
    'storage/foreign',
    (file) => (writeFileSync(file, ''), change(file, 'CREATE TABLE invoices (x)')),
  ],
])('%s is not restored, and what is there stays as it is', (_, code, spoil) =>
  withPlaces(async ({ path, copy, directory }) => {
    const database = open(path);
    fill(database, 3);
    database.close();
    await backUp(path, copy, keep);
    spoil(copy);
    const before = readFileSync(path);
    const names = readdirSync(directory);
    await expect(restoreFrom(copy, path, { now: NOW, onProgress: quiet })).rejects.toMatchObject({ code });
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(readdirSync(directory)).toEqual(names);
  }),
);

test('a restored database that watches nothing stays so, whatever was watched before', () =>
  withPlaces(async ({ path, copy }) => {
    open(path).close();
    await backUp(path, copy, keep);
    const later = open(path);
    fill(later, 1);
    later.close();
    await restoreFrom(copy, path, { now: NOW, onProgress: quiet });
    const options = { path, busyTimeoutMs: 0, maxBytes: null, now: NOW };
    const { database, rebuilt } = openOrRebuild(options, 'quick');
    expect([rebuilt, database.hpasOfCluster('c')]).toEqual([null, []]);
    database.close();
  }));

test('a damaged database is no obstacle to a restore: it is kept with its log', () =>
  withPlaces(async ({ path, copy }) => {
    const database = open(path);
    fill(database, 3);
    database.close();
    await backUp(path, copy, keep);
    writeFileSync(path, 'damaged');
    writeFileSync(`${path}-wal`, 'log');
    const { keptAs } = await restoreFrom(copy, path, { now: NOW, onProgress: quiet });
    expect(readFileSync(keptAs ?? '', 'utf8')).toBe('damaged');
    expect(existsSync(`${path}-wal`)).toBe(false);
    const restored = open(path);
    expect(restored.counts().total).toBe(1_500);
    restored.close();
  }));

function change(file: string, sql: string): void {
  const db = new Sqlite(file);
  db.exec(sql);
  db.close();
}
