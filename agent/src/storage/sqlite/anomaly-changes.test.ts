import { expect, test } from '@jest/globals';
import { DAY } from '../../core/clock.ts';
import { anomaly } from '../anomaly.fixture.ts';
import type { AnomalyFilter } from '../anomaly-store.ts';
import type { Database } from './database.ts';
import { enrolMany, withDatabase } from './database.fixture.ts';

const save = (database: Database, ...anomalies: ReturnType<typeof anomaly>[]) => database.saveAnomalies({ anomalies });
const ALL: AnomalyFilter = { limit: 100 };
const FIRING: AnomalyFilter = { state: 'firing', limit: 1 };

/** Ids that changed and that were removed since a revision; null: the list has to be read. */
const since = (database: Database, revision: string, filter = ALL) => {
  const { changed } = database.anomalyChanges(filter, revision);
  return changed && { ids: changed.items.map(({ id }) => id), removed: changed.removed, total: changed.total };
};
const revisionOf = (database: Database) => database.anomalyChanges(ALL, null).revision;

test('what was written since is told, whatever the limit, and what left the filter as removed', () =>
  withDatabase((database) => {
    const [a = 0, b = 0] = enrolMany(database, 2);
    const first = revisionOf(database);
    expect(database.anomalyChanges(ALL, null).changed).toBeNull();
    expect(since(database, first)).toEqual({ ids: [], removed: [], total: 0 });
    save(database, anomaly(a, 'a'), anomaly(a, 'm', { kind: 'maxed_out' }), anomaly(b, 'b', { startedAt: 120_000 }));
    expect(since(database, first, FIRING)).toEqual({ ids: ['b', 'm', 'a'], removed: [], total: 3 });
    const second = revisionOf(database);
    save(database, anomaly(a, 'a', { state: 'resolved', endedAt: 300_000, lastSeenAt: 300_000 }));
    expect(since(database, second, FIRING)).toEqual({ ids: [], removed: ['a'], total: 2 });
    expect(since(database, second)).toEqual({ ids: ['a'], removed: [], total: 3 });
    expect(since(database, revisionOf(database))).toEqual({ ids: [], removed: [], total: 3 });
  }));

test('an acknowledgement and the end of a watch are changes; a write that is ignored is none', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    save(
      database,
      anomaly(hpaId, 'a', { state: 'resolved', endedAt: 300_000 }),
      anomaly(hpaId, 'm', { kind: 'maxed_out' }),
    );
    const before = revisionOf(database);
    save(database, anomaly(hpaId, 'a', { state: 'firing' }), anomaly(99, 'x'));
    expect(revisionOf(database)).toBe(before);
    database.patchAnomaly('a', { acknowledgedAt: 1 });
    expect(since(database, before)?.ids).toEqual(['a']);
    const acknowledged = revisionOf(database);
    database.removeHpa(hpaId, { purge: false });
    expect(since(database, acknowledged, FIRING)).toEqual({ ids: [], removed: ['m'], total: 0 });
  }));

test.each<[string, (database: Database, hpaId: number) => void]>([
  ['a purge', (database, hpaId) => database.removeHpa(hpaId, { purge: true })],
  ['retention', (database) => void database.retain({ minutesMs: DAY, totalMs: DAY }, 3 * DAY, 1_000)],
  [
    'one that ended without having fired',
    (database, hpaId) =>
      void save(database, anomaly(hpaId, 'm', { kind: 'maxed_out', state: 'resolved', firedAt: null, endedAt: 1 })),
  ],
])('after %s the list has to be read again, once', (_, remove) =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    save(database, anomaly(hpaId, 'a', { state: 'resolved', endedAt: 300_000 }));
    save(database, anomaly(hpaId, 'm', { kind: 'maxed_out', state: 'pending', firedAt: null }));
    const before = revisionOf(database);
    remove(database, hpaId);
    while (database.findAnomaly('a') !== null && database.findAnomaly('m') !== null)
      database.retain({ minutesMs: DAY, totalMs: DAY }, 3 * DAY, 1_000);
    expect(since(database, before)).toBeNull();
    expect(since(database, revisionOf(database))).toMatchObject({ ids: [], removed: [] });
  }),
);

test.each(['', 'x', '0.', '0.1.2', '0.zzzz', '5.0', '0.-1', '0.01'])('%j is no revision of this database', (revision) =>
  withDatabase((database) => {
    expect(database.anomalyChanges(ALL, revision).changed).toBeNull();
  }),
);

test('more changes than an answer should hold are told as the list', () =>
  withDatabase((database) => {
    const ids = enrolMany(database, 501);
    const before = revisionOf(database);
    save(database, ...ids.slice(0, 500).map((hpaId) => anomaly(hpaId, `a${hpaId}`)));
    expect(since(database, before)?.ids).toHaveLength(500);
    save(database, anomaly(ids[500] ?? 0, 'last'));
    expect(since(database, before)).toBeNull();
  }));
