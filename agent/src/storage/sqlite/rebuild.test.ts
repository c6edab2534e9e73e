import { existsSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import { DAY, MINUTE } from '../../core/clock.ts';
import { anomaly, draft } from '../anomaly.fixture.ts';
import { openDatabase, type DatabaseOptions } from './database.ts';
import { packed, withTempDirectory } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { findingsOf, orphansOf } from './identity.ts';
import { openOrRebuild } from './rebuild.ts';
import { lastRebuilt, rebuiltSentence } from './rebuilt-report.ts';
import { MIGRATIONS } from './schema.ts';
import { watchedListPath } from './watched-list.ts';

const NOW = Date.UTC(2026, 10, 24, 12);
const HPAS = 40;
const SAMPLES = 300;

/** A database as an agent left it: HPAs enrolled, muted, paused and stopped, samples, a cluster added at run time. */
function fill(options: DatabaseOptions): number[] {
  const database = openDatabase(options);
  const keys = Array.from({ length: HPAS }, (_, i) => ({ cluster: 'prod', namespace: 'shop', hpa: `api-${i}` }));
  const ids = database.enrol(keys, NOW - DAY).map(({ hpa }) => hpa.id);
  const [muted = 0, paused = 0, stopped = 0, accepted = 0] = ids;
  database.saveCluster({ name: 'prod', definition: { context: 'prod-admin' }, lane: 1, place: 0, createdAt: 5 });
  database.patchHpa(muted, { mutedUntil: NOW + DAY, timezone: 'Europe/Berlin' });
  database.patchHpa(paused, { active: false });
  database.removeHpa(stopped, { purge: false });
  database.acceptNewNormal(accepted, NOW - MINUTE);
  database.addExclusion(accepted, NOW - 9 * MINUTE, NOW - 5 * MINUTE);
  for (const id of ids) {
    const rows = Array.from({ length: SAMPLES }, (_, m) => sample(NOW - DAY + m * MINUTE, { cpuCurrent: id + m / 7 }));
    database.writeSamples(packed(id, rows));
  }
  const notifications = ['pager', 'chat'].map((receiver) => draft(receiver, { subject: 'a1', cluster: 'prod' }));
  database.saveAnomalies({ anomalies: [anomaly(accepted, 'a1')], notifications });
  const [told] = database.dueNotifications('pager', NOW, 1).items;
  database.settleNotification(told?.id ?? 0, { kind: 'sent' });
  database.close();
  return ids;
}

const withFilled = (run: (options: DatabaseOptions, ids: number[]) => void): Promise<void> =>
  withTempDirectory((directory) => {
    const options = { path: join(directory, 'monitoring.db'), busyTimeoutMs: 1_000, maxBytes: null, now: NOW };
    run(options, fill(options));
  });

const overwrite = (path: string, from: number, to: number): void => {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xa5, from, Math.min(to, bytes.length)));
};
const PAGE = 4_096;
const middle = (path: string): number => Math.floor(statSync(path).size / PAGE / 2) * PAGE;
/** The page on which the HPAs themselves stand. */
const pageOf = (path: string, name: string): number => {
  const db = new Sqlite(path, { readonly: true });
  const root = db.prepare('SELECT rootpage FROM sqlite_master WHERE name = ?').pluck().get(name) as number;
  db.close();
  return (root - 1) * PAGE;
};

const DAMAGES: [string, (path: string) => void][] = [
  ['a damaged header', (path) => overwrite(path, 0, 100)],
  ['a damaged first page', (path) => overwrite(path, 0, PAGE)],
  ['a damaged middle page', (path) => overwrite(path, middle(path), middle(path) + PAGE)],
  ['a damaged middle half', (path) => overwrite(path, PAGE * 3, middle(path) + PAGE * 3)],
  ['the HPAs damaged', (path) => overwrite(path, pageOf(path, 'hpa'), pageOf(path, 'hpa') + PAGE)],
  ['half of the file', (path) => truncateSync(path, middle(path))],
  ['a file cut in a page', (path) => truncateSync(path, middle(path) + 1_000)],
  ['zero bytes', (path) => truncateSync(path, 0)],
  [
    'a lost log that everything was in',
    (path) => {
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
      const db = new Sqlite(path);
      db.pragma('journal_mode = WAL');
      db.close();
    },
  ],
  ['no database', (path) => writeFileSync(path, 'this is not a database\n'.repeat(500))],
  ['a header of another version', (path) => overwrite(path, 60, 64)],
];

test.each(DAMAGES)('%s: kept as it was, and everything that people asked for is in the new one', (_, damage) =>
  withFilled((options, ids) => {
    const { path } = options;
    damage(path);
    const damaged = readFileSync(path);
    const { database, rebuilt } = openOrRebuild(options, 'quick');
    try {
      const kept = `${path}.damaged-2026-11-24T12-00-00Z`;
      expect(rebuilt).toMatchObject({ keptAs: kept, hpas: HPAS - 1, clusters: 1 });
      expect(readFileSync(kept).equals(damaged)).toBe(true);
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const [muted, paused, stopped, accepted] = ids;
      const watched = database.hpasOfCluster('prod');
      expect(watched.map(({ id }) => id).sort((a, b) => a - b)).toEqual(ids.filter((id) => id !== stopped));
      const byId = new Map(watched.map((hpa) => [hpa.id, hpa]));
      expect(byId.get(muted ?? 0)).toMatchObject({ mutedUntil: NOW + DAY, timezone: 'Europe/Berlin' });
      expect(byId.get(paused ?? 0)).toMatchObject({ active: false });
      expect(byId.get(accepted ?? 0)).toMatchObject({ normalSince: NOW - MINUTE, scannedUntil: null });
      expect(database.exclusionsOf(accepted ?? 0)).toEqual([{ from: NOW - 9 * MINUTE, to: NOW - 5 * MINUTE }]);
      expect(database.listClusters()).toMatchObject([{ name: 'prod', definition: { context: 'prod-admin' }, lane: 1 }]);
      // The pager knows of it, the chat is still to be told: nobody hears of it twice or never.
      expect(database.dueNotifications('pager', NOW, 9).items).toEqual([]);
      expect(database.dueNotifications('chat', NOW, 9).items).toMatchObject([{ message: { subject: 'a1' } }]);
      expect(database.notificationMarks('prod', 0).map(({ receiver }) => receiver)).toEqual(['chat', 'pager']);
      expect(database.counts().total).toBe(rebuilt?.samples);
      expect(lastRebuilt(path)).toEqual(rebuilt);
      expect(rebuiltSentence(rebuilt!)).toContain(kept);
    } finally {
      database.close();
    }
    const db = new Sqlite(path, { readonly: true });
    expect([...findingsOf(db, 'full'), ...orphansOf(db)]).toEqual([]);
    db.close();
    expect(openOrRebuild(options, 'full').rebuilt).toBeNull();
  }),
);

test('a damaged page of samples costs the samples of few HPAs; the others keep theirs, and all are asked for again', () =>
  withFilled((options) => {
    overwrite(options.path, middle(options.path), middle(options.path) + PAGE);
    const { database, rebuilt } = openOrRebuild(options, 'quick');
    expect(rebuilt?.samples).toBeGreaterThan((HPAS - 3) * SAMPLES);
    expect(rebuilt?.samples).toBeLessThan(HPAS * SAMPLES);
    expect(rebuilt).toMatchObject({ anomalies: 1, incomplete: ['sample'] });
    database.close();
  }));

test('the last minutes, which stand apart, are taken over once each, with what was written into them since', () =>
  withFilled((options, ids) => {
    const [first = 0] = ids;
    const writing = openDatabase(options);
    const live = Array.from({ length: 90 }, (_, m) => NOW - 100 * MINUTE + m * MINUTE);
    for (const ts of live) for (const id of ids) writing.writeSamples(packed(id, [sample(ts, { cpuCurrent: id })]));
    // The older half was carried over; there a row and its copy differ now.
    for (const ts of live) writing.writeSamples(packed(first, [sample(ts, { cpuCurrent: 7, memoryCurrent: 5 })]));
    const before = ids.map((id) => writing.readSeries(id, { from: 0, to: NOW }));
    writing.close();
    overwrite(options.path, pageOf(options.path, 'anomaly'), pageOf(options.path, 'anomaly') + PAGE);
    const { database, rebuilt } = openOrRebuild(options, 'quick');
    expect(rebuilt).toMatchObject({ samples: HPAS * (SAMPLES + live.length) });
    ids.forEach((id, i) => expect(database.readSeries(id, { from: 0, to: NOW })).toEqual(before[i]));
    database.writeSamples(packed(first, [sample(NOW, { cpuCurrent: 1 })]));
    expect(database.counts().total).toBe(HPAS * (SAMPLES + live.length) + 1);
    database.close();
  }));

test('without the list beside it, a database with damaged HPAs still gives those that can be read', () =>
  withFilled((options) => {
    overwrite(options.path, middle(options.path), middle(options.path) + PAGE);
    writeFileSync(watchedListPath(options.path), '{"format":');
    const { database, rebuilt } = openOrRebuild(options, 'quick');
    expect(rebuilt).toMatchObject({ hpas: HPAS - 1, clusters: 1 });
    database.close();
  }));

test('a lost database is begun anew with who was watched; a new directory is just new', () =>
  withTempDirectory((directory) => {
    const options = { path: join(directory, 'monitoring.db'), busyTimeoutMs: 0, maxBytes: null, now: NOW };
    const first = openOrRebuild(options, 'quick');
    expect(first.rebuilt).toBeNull();
    first.database.enrol([{ cluster: 'a', namespace: 'b', hpa: 'c' }], NOW);
    first.database.close();
    rmSync(options.path);
    const second = openOrRebuild(options, 'quick');
    expect(second.rebuilt).toMatchObject({ reason: 'the file is missing', keptAs: null, hpas: 1 });
    expect(lastRebuilt(options.path)).toEqual(second.rebuilt);
    second.database.close();
  }));

test.each([
  ['a newer schema', `user_version = ${MIGRATIONS.length + 1}`, 'storage/newer-schema'],
  ['another program', 'user_version = 3', 'storage/foreign'],
])('a sound database of %s is refused and left as it is', (_, pragma, code) =>
  withTempDirectory((directory) => {
    const path = join(directory, 'monitoring.db');
    const db = new Sqlite(path);
    if (code === 'storage/foreign') db.exec('CREATE TABLE invoices (x)');
    db.pragma(pragma);
    db.close();
    const before = readFileSync(path);
    const options = { path, busyTimeoutMs: 0, maxBytes: null, now: NOW };
    expect(() => openOrRebuild(options, 'quick')).toThrow(expect.objectContaining({ code }));
    expect(() => openDatabase(options)).toThrow(expect.objectContaining({ code }));
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
  }),
);
