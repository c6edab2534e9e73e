import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, MINUTE } from '../../core/clock.ts';
import { anomaly, draft } from '../anomaly.fixture.ts';
import type { AnomalyFilter } from '../anomaly-store.ts';
import type { Database } from './database.ts';
import { enrolMany, withDatabase } from './database.fixture.ts';

const save = (database: Database, ...anomalies: ReturnType<typeof anomaly>[]) => database.saveAnomalies({ anomalies });
const list = (database: Database, filter: Partial<AnomalyFilter> = {}) =>
  database.listAnomalies({ limit: 100, ...filter });
const ids = (anomalies: { id: string }[]) => anomalies.map(({ id }) => id);

test('an anomaly is read as it was written, and followed to its end under its id', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const pending = anomaly(hpaId, 'a', { state: 'pending', firedAt: null, band: null, observed: null });
    save(database, pending);
    expect(database.openAnomalies()).toEqual([pending]);
    const firing = anomaly(hpaId, 'a', { severity: 'critical', parentId: 'b', clusterEventId: 'e', advice: 'Look.' });
    save(database, firing);
    expect(database.openAnomalies('c')).toEqual([firing]);
    expect(database.openAnomalies('other')).toEqual([]);
    const ended = { ...firing, state: 'resolved' as const, endedAt: 300_000 };
    save(database, ended);
    expect(database.openAnomalies()).toEqual([]);
    expect(list(database)).toEqual({ items: [ended], next: null, total: 1 });
    expect(database.findAnomaly('a')).toEqual(ended);
    expect(database.findAnomaly('x')).toBeNull();
  }));

test('an end stays until a later sample opens it again, and one that never fired leaves no trace', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    save(database, anomaly(hpaId, 'a', { state: 'resolved', endedAt: null }));
    save(database, anomaly(hpaId, 'a', { state: 'firing' }));
    expect(database.findAnomaly('a')).toMatchObject({ state: 'resolved', endedAt: 240_000 });
    save(database, anomaly(hpaId, 'b', { state: 'pending', firedAt: null }));
    save(database, anomaly(hpaId, 'b', { state: 'resolved', firedAt: null, endedAt: 1 }));
    expect(database.findAnomaly('b')).toBeNull();
    save(database, anomaly(hpaId, 'a', { state: 'firing', lastSeenAt: 300_000 }));
    expect(database.findAnomaly('a')).toMatchObject({ state: 'firing', endedAt: null });
  }));

test('one open anomaly a (HPA, kind): another is refused with its whole batch, unless the first ends in it', () =>
  withDatabase((database) => {
    const [hpaId = 0, other = 0] = enrolMany(database, 2);
    save(database, anomaly(hpaId, 'a'));
    const second = anomaly(hpaId, 'b', { startedAt: 120_000 });
    const notifications = [draft('pager', { subject: 'b' })];
    expect(() => database.saveAnomalies({ anomalies: [anomaly(other, 'x'), second], notifications })).toThrow('UNIQUE');
    expect(ids(database.openAnomalies())).toEqual(['a']);
    expect(database.dueNotifications('pager', DAY, 10).items).toEqual([]);
    save(database, second, anomaly(hpaId, 'a', { state: 'resolved', endedAt: 100_000 }), anomaly(other, 'x'));
    expect(ids(database.openAnomalies())).toEqual(['x', 'b']);
    save(database, anomaly(hpaId, 'm', { kind: 'maxed_out' }));
    expect(database.openAnomalies()).toHaveLength(3);
  }));

test('what people said stays, whatever the detectors write', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    save(database, anomaly(hpaId, 'a'));
    expect(database.patchAnomaly('a', { acknowledgedAt: 7 })).toMatchObject({ acknowledgedAt: 7, excluded: false });
    expect(database.patchAnomaly('a', { excluded: true })).toMatchObject({ acknowledgedAt: 7, excluded: true });
    save(database, anomaly(hpaId, 'a', { severity: 'critical' }));
    expect(database.findAnomaly('a')).toMatchObject({ severity: 'critical', acknowledgedAt: 7, excluded: true });
    database.patchAnomaly('a', { acknowledgedAt: null });
    save(database, anomaly(hpaId, 'a', { acknowledgedAt: 7 }));
    expect(database.findAnomaly('a')).toMatchObject({ acknowledgedAt: null });
    expect(database.patchAnomaly('x', { excluded: true })).toBeNull();
  }));

test('an HPA that is stopped ends its anomalies, one that is purged takes them along, and neither gets new ones', () =>
  withDatabase((database) => {
    const [stopped = 0, purged = 0] = enrolMany(database, 2);
    save(database, anomaly(stopped, 'a'), anomaly(purged, 'b'));
    save(database, anomaly(stopped, 'p', { kind: 'maxed_out', state: 'pending', firedAt: null }));
    database.removeHpa(stopped, { purge: false });
    database.removeHpa(purged, { purge: true });
    expect(list(database).items).toEqual([anomaly(stopped, 'a', { state: 'resolved', endedAt: 240_000 })]);
    save(database, anomaly(stopped, 'a2'), anomaly(purged, 'b2'));
    expect(database.openAnomalies()).toEqual([]);
  }));

test('firing ones are counted by cluster and severity', () =>
  withDatabase((database) => {
    const [one = 0, two = 0] = enrolMany(database, 2);
    const [other = 0] = database.enrol([{ cluster: 'd', namespace: 'n', hpa: 'h' }], 0).map(({ hpa }) => hpa.id);
    save(
      database,
      anomaly(one, 'a'),
      anomaly(two, 'b'),
      anomaly(two, 'c', { kind: 'maxed_out', severity: 'critical' }),
      anomaly(other, 'd'),
      anomaly(other, 'p', { kind: 'maxed_out', state: 'pending', firedAt: null }),
      anomaly(one, 'r', { kind: 'oscillation', state: 'resolved' }),
    );
    expect(database.anomalyCounts()).toEqual([
      { cluster: 'c', severity: 'critical', count: 1 },
      { cluster: 'c', severity: 'warning', count: 2 },
      { cluster: 'd', severity: 'warning', count: 1 },
    ]);
  }));

test.each<[string, Partial<AnomalyFilter>, string[]]>([
  ['nothing: all, newest first', {}, ['d', 'c', 'b', 'a']],
  ['a state', { state: 'firing' }, ['d', 'b']],
  ['two states', { state: ['firing', 'resolved'] }, ['d', 'b', 'a']],
  ['no state at all', { state: [] }, []],
  ['severities', { severity: ['info', 'critical'] }, ['d']],
  ['a kind', { kind: 'maxed_out' }, ['d']],
  ['a cluster', { cluster: 'c' }, ['c', 'b', 'a']],
  ['a namespace of a cluster', { cluster: 'c', namespace: 'other' }, []],
  ['an HPA', { hpa: 'h1' }, ['c']],
  ['a time before an end', { from: 150, to: 190 }, ['a']],
  ['a time after an end', { from: 201, to: 299 }, []],
  ['a time that begins with an end', { from: 200, to: 300 }, ['c', 'b', 'a']],
  ['from a time on, open ones included', { from: 1_000 }, ['d', 'c', 'b']],
])('the list can be narrowed to %s', (_, filter, wanted) =>
  withDatabase((database) => {
    const [one = 0, two = 0] = enrolMany(database, 2);
    const [other = 0] = database.enrol([{ cluster: 'd', namespace: 'm', hpa: 'h' }], 0).map(({ hpa }) => hpa.id);
    save(
      database,
      anomaly(one, 'a', { startedAt: 100, endedAt: 200, state: 'resolved' }),
      anomaly(one, 'b', { startedAt: 300 }),
      anomaly(two, 'c', { startedAt: 300, state: 'pending', firedAt: null }),
      anomaly(other, 'd', { startedAt: 400, kind: 'maxed_out', severity: 'critical' }),
    );
    const { items, total, next } = list(database, filter);
    expect(ids(items)).toEqual(wanted);
    expect({ total, next }).toEqual({ total: wanted.length, next: null });
  }),
);

test('pages of any size join to the whole list, also where many begin at one time', () =>
  withDatabase((database) => {
    const hpas = enrolMany(database, 12);
    save(database, ...hpas.map((hpaId, i) => anomaly(hpaId, `a${i}`, { startedAt: Math.floor(i / 5) * MINUTE })));
    const whole = ids(list(database).items);
    expect(whole).toHaveLength(12);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 13 }), (limit) => {
        const seen: string[] = [];
        let cursor: string | undefined;
        do {
          const page = list(database, { limit, ...(cursor === undefined ? {} : { cursor }) });
          seen.push(...ids(page.items));
          cursor = page.next ?? undefined;
        } while (cursor !== undefined);
        expect(seen).toEqual(whole);
      }),
    );
  }));

test.each(['', 'x', 'bm8', Buffer.from('["a",1]').toString('base64url')])('the cursor %j is refused', (cursor) =>
  withDatabase((database) => {
    expect(() => list(database, { cursor })).toThrow(expect.objectContaining({ code: 'request/invalid' }));
  }),
);

test('what ended before the total retention goes, whatever is open stays', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const now = 100 * DAY;
    const policy = { minutesMs: 7 * DAY, totalMs: 30 * DAY };
    const ended = Array.from({ length: 450 }, (_, i) =>
      anomaly(hpaId, `old${i}`, { startedAt: i, state: 'resolved', endedAt: 69 * DAY }),
    );
    save(database, ...ended, anomaly(hpaId, 'kept', { state: 'resolved', endedAt: 71 * DAY }), anomaly(hpaId, 'open'));
    database.addExclusion(hpaId, 0, DAY);
    database.addExclusion(hpaId, 69 * DAY, 71 * DAY);
    database.enqueueNotifications([draft('log', { subject: 'open' }), draft('log', { subject: 'old1' })]);
    database.enqueueNotifications([draft('log', { subject: 'old1', event: 'resolved' }, { decidedAt: 2_000 })]);
    for (const { id } of database.dueNotifications('log', now, 10).items)
      database.settleNotification(id, { kind: 'sent' });
    for (const { id } of database.dueNotifications('log', now, 10).items)
      database.settleNotification(id, { kind: 'sent' });
    while (!database.retain(policy, now, 50).done);
    expect(ids(list(database).items).sort()).toEqual(['kept', 'open']);
    expect(database.exclusionsOf(hpaId)).toEqual([{ from: 69 * DAY, to: 71 * DAY }]);
    expect(database.notificationMarks('c', 0).map(({ message }) => message.subject)).toEqual(['open']);
  }));
