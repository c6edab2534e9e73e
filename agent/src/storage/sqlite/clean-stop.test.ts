import { copyFileSync, existsSync, readFileSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { DAY, MINUTE } from '../../core/clock.ts';
import { sample } from '../sample.fixture.ts';
import { clearCleanStop, markCleanStop, wasStoppedCleanly } from './clean-stop.ts';
import { withTempDirectory } from './database.fixture.ts';
import { openOrRebuild } from './rebuild.ts';
import { openSqliteStore } from './sqlite-store.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const PAGE = 4_096;
const optionsOf = (path: string) => ({ path, busyTimeoutMs: 1_000, maxBytes: null, now: NOW });
const open = (path: string, check: 'quick' | null = 'quick') => openSqliteStore({ path, now: () => NOW, check });

/** A database as a clean stop leaves it, with a day of samples. */
async function stopped(directory: string): Promise<string> {
  const path = join(directory, 'monitoring.db');
  const store = await open(path);
  const [enrolled] = await store.enrol([{ cluster: 'prod', namespace: 'shop', hpa: 'web' }], NOW - DAY);
  const samples = Array.from({ length: 1_440 }, (_, i) => sample(NOW - DAY + i * MINUTE, { cpuCurrent: i / 7 }));
  const of = [{ hpaId: enrolled?.hpa.id ?? 0, samples }];
  await store.writeSamples({ now: NOW, isBaseline: false, samples: of });
  await store.close();
  return path;
}

/** Pages of samples, or all but the first of the file. */
function damage(path: string, what: 'samples' | 'everything'): void {
  const bytes = readFileSync(path);
  const from = what === 'samples' ? bytes.length - 2 * PAGE : 4 * PAGE;
  writeFileSync(path, bytes.fill(0xa5, from, bytes.length));
}

test('a database that was closed is known to be sound until it is opened again', () =>
  withTempDirectory(async (directory) => {
    const path = await stopped(directory);
    expect(wasStoppedCleanly(path)).toBe(true);
    const store = await open(path);
    expect(wasStoppedCleanly(path)).toBe(false);
    await store.close();
    expect(wasStoppedCleanly(path)).toBe(true);
  }));

test.each<[string, (path: string) => void]>([
  ['a write of another program', (path) => new Sqlite(path).exec('DELETE FROM counter').close()],
  ['the time of a write', (path) => utimesSync(path, 1_000_000_000, 1_000_000_000)],
  [
    'a copy in its place',
    (path) => {
      copyFileSync(path, `${path}.copy`);
      const { atime, mtime } = statSync(path);
      utimesSync(`${path}.copy`, atime, mtime);
      renameSync(`${path}.copy`, path);
    },
  ],
  ['a log beside it', (path) => writeFileSync(`${path}-wal`, '')],
  ['a mark that cannot be read', (path) => writeFileSync(path.replace(/db$/, 'closed.json'), '{')],
  ['no mark', (path) => clearCleanStop(path)],
])('after %s the file is looked over', (_, change) =>
  withTempDirectory(async (directory) => {
    const path = await stopped(directory);
    change(path);
    expect(wasStoppedCleanly(path)).toBe(false);
  }),
);

test('what is known to be sound is not looked over, unless everything is to be', () =>
  withTempDirectory(async (directory) => {
    const path = await stopped(directory);
    const damagedUnseen = () => {
      damage(path, 'samples');
      utimesSync(path, 1_000_000_000, 1_000_000_000);
      markCleanStop(path);
    };
    damagedUnseen();
    const trusting = openOrRebuild(optionsOf(path), 'quick');
    expect(trusting.rebuilt).toBeNull();
    trusting.database.close();
    damagedUnseen();
    const thorough = openOrRebuild(optionsOf(path), 'full');
    expect(thorough.rebuilt).not.toBeNull();
    thorough.database.close();
  }));

test('damage that was found while it was open is looked for at the next start', () =>
  withTempDirectory(async (directory) => {
    const path = await stopped(directory);
    const store = await open(path);
    damage(path, 'everything');
    await expect(store.readSeries(1, { from: NOW - DAY, to: NOW })).rejects.toMatchObject({ code: 'storage/corrupt' });
    await store.close().catch(() => undefined);
    expect(wasStoppedCleanly(path)).toBe(false);
    expect(existsSync(path)).toBe(true);
  }));

test('one that was opened without a look is not called sound', () =>
  withTempDirectory(async (directory) => {
    const path = await stopped(directory);
    const store = await open(path, null);
    await store.enrol([{ cluster: 'prod', namespace: 'shop', hpa: 'api' }], NOW);
    await store.close();
    expect(wasStoppedCleanly(path)).toBe(false);
  }));
