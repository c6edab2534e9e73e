import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { isAgentError } from '../../agent/src/core/errors.ts';
import { HOSTILE_RUNS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { QUEUED_BASELINE } from '../../agent/src/domain/baseline.ts';
import { anomaly, message, NOW } from '../../agent/src/notify/notify.fixture.ts';
import type { Database } from '../../agent/src/storage/sqlite/database.ts';
import { packed, withDatabase } from '../../agent/src/storage/sqlite/database.fixture.ts';
import { sample } from '../../agent/src/storage/sample.fixture.ts';

const BYSTANDER = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const RUNS = { ...HOSTILE_RUNS, numRuns: 120 };

/** As SQLite keeps it: UTF-8. */
const kept = (text: string): string => text.toWellFormed();

/** Everything in the database that is about the bystander, and how many tables there are. */
function bystanderOf(path: string, id: number): unknown {
  const db = new Sqlite(path, { readonly: true });
  try {
    const about = ['hpa WHERE id', 'sample WHERE hpa_id', 'anomaly WHERE hpa_id', 'detector_state WHERE hpa_id'];
    const rows = about.map((from) => db.prepare(`SELECT * FROM ${from} = ?`).all(id));
    const others = db.prepare("SELECT * FROM notification WHERE receiver = 'bystander'").all();
    return [
      rows,
      others,
      db.prepare("SELECT * FROM cluster WHERE name = 'prod'").all(),
      db.prepare('SELECT name FROM sqlite_schema').all(),
    ];
  } finally {
    db.close();
  }
}

const draft = (receiver: string, topic: string, subject: string, words: string) => ({
  receiver,
  topic,
  decidedAt: NOW,
  deliver: true,
  message: message({ subject, title: words, sentence: words, promql: words, cluster: words }),
});

const idOf = (database: Database, key: typeof BYSTANDER): number => database.enrol([key], NOW)[0]?.hpa.id ?? 0;

/** All that takes text, with hostile text everywhere; and each text comes back as it was. */
function exercise(database: Database, name: string, words: string): void {
  const key = { cluster: name, namespace: words, hpa: name };
  const id = idOf(database, key);
  expect(database.findHpa(key)).toMatchObject({ id, cluster: kept(name), namespace: kept(words), hpa: kept(name) });
  expect(database.hpasOfCluster(name).map((hpa) => hpa.id)).toEqual([id]);
  expect(database.patchHpa(id, { timezone: words }).timezone).toBe(kept(words));
  const metrics = [{ name: words, type: 'value' as const, container: name, target: 1 }];
  database.saveDiscovered(name, [{ namespace: words, hpa: name, target: { kind: words, name }, metrics }]);
  database.saveBaseline([{ hpaId: id, status: { ...QUEUED_BASELINE, reason: words } }]);
  expect(database.findHpa(key)).toMatchObject({
    target: { kind: kept(words), name: kept(name) },
    metrics,
    baseline: { reason: kept(words) },
  });

  const cluster = { name, definition: { context: words === '' ? 'c' : words }, lane: 0, place: 0, createdAt: NOW };
  database.saveCluster(cluster);
  expect(database.listClusters()).toContainEqual({ ...cluster, name: kept(name) });
  database.removeCluster(name);

  const one = anomaly(`id ${name}`, {
    hpaId: id,
    sentence: words,
    advice: words,
    promql: name,
    parentId: name,
    clusterEventId: words,
  });
  database.saveAnomalies({ anomalies: [one] });
  expect(database.findAnomaly(one.id)).toMatchObject({
    sentence: kept(words),
    advice: kept(words),
    promql: kept(name),
  });
  expect(database.patchAnomaly(one.id, { acknowledgedAt: 5 })).toMatchObject({ acknowledgedAt: 5 });
  expect(database.listAnomalies({ ...key, limit: 10 }).total).toBe(1);
  expect(database.openAnomalies(name)).toHaveLength(1);
  database.anomalyChanges({ limit: 10 }, words);
  database.saveDetectorState([{ hpaId: id, state: words, profile: name, updatedAt: NOW }]);
  expect(database.detectorStates(name)).toMatchObject([{ state: kept(words), profile: kept(name) }]);

  database.enqueueNotifications([draft(name, words, name, words)]);
  const { items } = database.dueNotifications(name, NOW, 10);
  expect(items.map(({ message: told }) => told.sentence)).toEqual([words]);
  for (const item of items)
    database.settleNotification(item.id, { kind: 'retry', nextAttemptAt: NOW + 1, error: words });
  expect(database.notificationMarks(words, 0).map(({ topic }) => topic)).toContain(kept(words));
  database.activeNotifications(name);
  database.keepReceivers(['bystander']);

  database.writeSamples(
    packed(id, [sample(60_000, { cpuCurrent: 1 })], {
      revisions: [{ hpaId: id, seen: [{ at: 60_000, revisions: [words, name] }] }],
    }),
  );
  database.changesOf(id, { from: 0, to: NOW });
  database.rolloutsOf(name, { from: 0, to: NOW });
  database.removeHpa(id, { purge: true });
  expect(database.findHpa(key)).toBeNull();
}

test('every text comes back as it was, and nothing else in the database is touched', () =>
  withDatabase((database, path) => {
    const id = idOf(database, BYSTANDER);
    database.writeSamples(packed(id, [sample(60_000, { cpuCurrent: 50 })]));
    database.saveCluster({ name: 'prod', definition: { context: 'prod-admin' }, lane: 0, place: 0, createdAt: NOW });
    database.saveAnomalies({ anomalies: [anomaly('bystander', { hpaId: id, state: 'firing' })] });
    database.saveDetectorState([{ hpaId: id, state: '{}', profile: null, updatedAt: NOW }]);
    database.enqueueNotifications([draft('bystander', 't', 'bystander', 'words')]);
    const before = bystanderOf(path, id);
    fc.assert(
      fc.property(hostileText, hostileText, (name, words) => {
        // Names are ASCII by their rules; half a surrogate pair would name what SQLite keeps under another name.
        exercise(database, kept(`x${name}`), words);
        expect(bystanderOf(path, id)).toEqual(before);
      }),
      RUNS,
    );
    expect(database.check()).toEqual([]);
  }));

const LISTED = ['shop/api', 'shop/100%', 'shop/a_b', 'web/a\\b', "web/o'brien", 'web/aXb'];

test('a search is for the text itself: %, _ and \\ stand for themselves', () =>
  withDatabase((database) => {
    for (const path of LISTED) {
      const [namespace = '', hpa = ''] = path.split('/');
      idOf(database, { cluster: 'prod', namespace, hpa });
    }
    fc.assert(
      fc.property(
        fc.oneof(hostileText, fc.constantFrom('%', '_', '\\', 'a_', '0%', 'A\\', "'", '/A', '%%', 'a%b')),
        (text) => {
          // As the API takes it. SQLite folds the case of ASCII alone, and its LIKE ends at a NUL.
          const q = kept(text).slice(0, 200);
          fc.pre(q !== '' && !q.includes('\0') && /^[\x20-\x7e]*$/.test(q));
          const found = database.listHpas({ q, limit: 100 }).items.map(({ namespace, hpa }) => `${namespace}/${hpa}`);
          expect(found.sort()).toEqual(LISTED.filter((path) => path.toLowerCase().includes(q.toLowerCase())).sort());
        },
      ),
      RUNS,
    );
  }));

test('a search for anything else, and any cursor, finds nothing or is refused', () =>
  withDatabase((database) => {
    idOf(database, BYSTANDER);
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const filter of [{ q: text.slice(0, 200) }, { cluster: text }, { namespace: text }, { cursor: text }]) {
          try {
            database.listHpas({ ...filter, limit: 10 });
            if ('cursor' in filter) throw new Error(`the cursor ${JSON.stringify(text)} was taken`);
          } catch (error) {
            if (!isAgentError(error) || error.code !== 'request/invalid' || !('cursor' in filter)) throw error;
          }
          if ('cursor' in filter) continue;
        }
      }),
      RUNS,
    );
  }));
