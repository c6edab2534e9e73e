import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { DAY, MINUTE } from '../../core/clock.ts';
import { openDatabase } from './database.ts';
import { enrolMany, packed, withDatabase, withTempDirectory } from './database.fixture.ts';
import { migrate } from './migrations.ts';
import { packSamples, unpackSamples } from '../packed.ts';
import { CARRIED_MINUTES, isTurn } from './recent-samples.ts';
import { sample } from '../sample.fixture.ts';
import { SampleModel } from './sample-model.fixture.ts';
import { MIGRATIONS } from './schema.ts';

const START = Date.UTC(2026, 0, 5, 12);
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };
const HPAS = 3;

const inFile = <T>(path: string, run: (db: Sqlite.Database) => T): T => {
  const db = new Sqlite(path, { readonly: true });
  try {
    return run(db);
  } finally {
    db.close();
  }
};
const numberOf = (path: string, sql: string): number => inFile(path, (db) => Number(db.prepare(sql).pluck().get()));

type Step =
  | { kind: 'live'; minutes: number; silent: number; again: number }
  | { kind: 'again'; hpa: number; back: number; isBaseline: boolean }
  | { kind: 'many'; hpa: number; back: number }
  | { kind: 'retain'; minutes: number }
  | { kind: 'reopen' };
const anyHpa = fc.nat({ max: HPAS - 1 });
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  // `silent`: this HPA brings nothing meanwhile; `again`: so many of the last minutes come once more with each.
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('live'),
      minutes: fc.integer({ min: 1, max: 90 }),
      silent: anyHpa,
      again: fc.nat({ max: 2 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('again'),
      hpa: anyHpa,
      back: fc.nat({ max: 100 }),
      isBaseline: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('many'), hpa: anyHpa, back: fc.nat({ max: 100 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('retain'), minutes: fc.integer({ min: 20, max: 300 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen') }) },
);

test('a fleet scanned minute by minute, written again, silent and reopened, has each row once and as it was written', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 4, maxLength: 12 }), (steps) =>
      withTempDirectory((directory) => {
        const path = join(directory, 'test.db');
        const open = () => openDatabase({ path, busyTimeoutMs: 1_000, maxBytes: null, now: 0 });
        let database = open();
        const ids = enrolMany(database, HPAS);
        const models = ids.map(() => new SampleModel());
        let minute = 0;
        const write = (hpa: number, from: number, count: number, isBaseline = false) => {
          const samples = Array.from({ length: count }, (_, i) =>
            sample(START + (from + i) * MINUTE, {
              cpuCurrent: minute + i,
              cpuTarget: 50 + ((from + i) % 90 < 45 ? 0 : 1),
            }),
          );
          models[hpa]?.write(samples, isBaseline);
          database.writeSamples(packed(ids[hpa] ?? 0, samples, { isBaseline }));
        };
        for (const step of steps) {
          if (step.kind === 'live')
            for (let i = 0; i < step.minutes; i++, minute++)
              for (let hpa = 0; hpa < HPAS; hpa++)
                if (hpa !== step.silent) write(hpa, minute - step.again, 1 + step.again);
          if (step.kind === 'again') write(step.hpa, minute - step.back, 1, step.isBaseline);
          if (step.kind === 'many') write(step.hpa, minute - step.back, 20);
          if (step.kind === 'retain') {
            const now = START + minute * MINUTE;
            models.forEach((model) => model.retain(step.minutes * MINUTE, DAY, now));
            while (!database.retain({ minutesMs: step.minutes * MINUTE, totalMs: DAY }, now, 50).done);
          }
          if (step.kind === 'reopen') {
            database.close();
            database = open();
          }
          ids.forEach((id, hpa) => expect(unpackSamples(database.readSeries(id, ALL))).toEqual(models[hpa]?.samples()));
        }
        const total = models.reduce((sum, model) => sum + model.counts().total, 0);
        expect(database.counts()).toMatchObject({ total });
        database.close();
        expect(numberOf(path, 'SELECT COUNT(*) FROM hpa_snapshots')).toBe(total);
        expect(numberOf(path, 'SELECT COUNT(*) FROM recent_minute')).toBeLessThanOrEqual(HPAS * CARRIED_MINUTES);
        expect(
          numberOf(path, 'SELECT COUNT(*) FROM recent_sample WHERE ts NOT IN (SELECT ts FROM recent_minute)'),
        ).toBe(0);
      }),
    ),
    { numRuns: 60 },
  );
}, 120_000);

test.each([0, 2])(
  'a minute of a fleet is written together with %i once more; an HPA is carried over once in its turn',
  (again) =>
    withDatabase((database, path) => {
      const ids = enrolMany(database, 200);
      const minutes = 3 * CARRIED_MINUTES;
      let carried = 0;
      for (let minute = 0; minute < minutes; minute++) {
        const before = numberOf(path, 'SELECT COUNT(*) FROM sample');
        const rows = ids.flatMap(() =>
          Array.from({ length: again + 1 }, (_, i) => {
            const at = minute - again + i;
            return sample(START + at * MINUTE, { cpuCurrent: at, cpuTarget: 50 });
          }),
        );
        const hpaIds = Float64Array.from(ids);
        const counts = new Float64Array(ids.length).fill(again + 1);
        database.writeSamples({ now: START, isBaseline: false, hpaIds, counts, rows: packSamples(rows) });
        const grown = numberOf(path, 'SELECT COUNT(*) FROM sample') - before;
        if (minute >= CARRIED_MINUTES) carried = Math.max(carried, grown);
      }
      // Of 200 HPAs, 3 or 4 have their turn in a minute, each with an hour of rows.
      expect(carried).toBeLessThanOrEqual(4 * CARRIED_MINUTES);
      expect(numberOf(path, 'SELECT COUNT(*) FROM recent_minute')).toBeLessThanOrEqual(CARRIED_MINUTES + 2);
      expect(numberOf(path, 'SELECT COUNT(*) FROM stored_sample')).toBe(200 * (minutes + again));
    }),
);

test.each([
  [0, true, 'never carried over'],
  [START - CARRIED_MINUTES * MINUTE, true, 'an hour ago'],
  [START, false, 'just now'],
])('an HPA carried over until %i has its turn: %s (%s)', (carriedUntil, expected) => {
  expect(isTurn(7, carriedUntil, START)).toBe(expected);
});

test('what an HPA brought last is carried over too where it brings nothing more', () =>
  withDatabase((database, path) => {
    const [gone = 0, stays = 0] = enrolMany(database, 2);
    for (let minute = 0; minute < 4 * CARRIED_MINUTES; minute++)
      for (const id of minute < 10 ? [gone, stays] : [stays])
        database.writeSamples(packed(id, [sample(START + minute * MINUTE, { cpuCurrent: 1 })]));
    const ofHpa = (table: string) => numberOf(path, `SELECT COUNT(*) FROM ${table} WHERE hpa_id = ${gone}`);
    expect([ofHpa('sample'), ofHpa('recent_sample')]).toEqual([10, 0]);
  }));

test('a purged HPA leaves nothing among the recent rows, and retention drops recent rows that became old', () =>
  withDatabase((database, path) => {
    const [purged = 0, kept = 0] = enrolMany(database, 2);
    for (let minute = 0; minute < 10; minute++)
      for (const id of [purged, kept])
        database.writeSamples(packed(id, [sample(START + minute * MINUTE, { cpuCurrent: 1 })]));
    database.removeHpa(purged, { purge: true });
    expect(numberOf(path, `SELECT COUNT(*) FROM recent_sample WHERE hpa_id = ${purged}`)).toBe(0);
    expect(database.counts()).toMatchObject({ total: 10, oldest: START });
    const policy = { minutesMs: DAY, totalMs: 2 * DAY };
    while (!database.retain(policy, START + 3 * DAY, 50).done);
    expect(database.counts()).toMatchObject({ total: 0 });
    expect(unpackSamples(database.readSeries(kept, ALL))).toEqual([]);
  }));

test('a database of the version before is carried on: its rows show, the next ones too', () =>
  withTempDirectory((directory) => {
    const path = join(directory, 'test.db');
    const before = new Sqlite(path);
    migrate(before, MIGRATIONS.slice(0, 4), 0);
    before.exec(`INSERT INTO hpa (id, cluster, namespace, name, enrolled, active, enrolled_at, metrics, baseline_state,
        baseline_progress, baseline_columns, baseline_attempts) VALUES (1, 'c', 'n', 'h', 1, 1, 0, '[]', 'ready', 1, '[]', 0);
      INSERT INTO scan_state (hpa_id, thinned_until) VALUES (1, 0);
      UPDATE counter SET value = 3 WHERE name = 'samples'`);
    const insert = before.prepare(
      'INSERT INTO sample (hpa_id, ts, created_after_ms, is_baseline, cpu_current) VALUES (1, ?, 0, 0, ?)',
    );
    for (let minute = 0; minute < 3; minute++) insert.run(START + minute * MINUTE, minute);
    before.close();

    const database = openDatabase({ path, busyTimeoutMs: 1_000, maxBytes: null, now: 0 });
    for (const minute of [2, 3, 4])
      database.writeSamples(packed(1, [sample(START + minute * MINUTE, { memoryCurrent: 7 })]));
    const shown = unpackSamples(database.readSeries(1, ALL));
    expect(shown.map(({ cpuCurrent, memoryCurrent }) => [cpuCurrent, memoryCurrent])).toEqual([
      [0, null],
      [1, null],
      [2, 7],
      [null, 7],
      [null, 7],
    ]);
    expect(database.counts()).toMatchObject({ total: 5 });
    database.close();
  }));

test('the oldest row is one that is there: neither a copy that outlives its row, nor unseen while it waits', () =>
  withDatabase((database) => {
    const [id = 0] = enrolMany(database, 1);
    for (let minute = 0; minute < 3; minute++)
      database.writeSamples(packed(id, [sample(START + minute * MINUTE, { cpuCurrent: 1 })]));
    expect(database.counts()).toMatchObject({ total: 3, oldest: START });
    // An older one has what waits carried over; what is written next waits again.
    database.writeSamples(packed(id, [sample(START - MINUTE, { cpuCurrent: 1, cpuTarget: 50 })]));
    const policy = { minutesMs: MINUTE, totalMs: 10 * MINUTE };
    while (!database.retain(policy, START + 30 * MINUTE, 50).done);
    expect(database.counts()).toMatchObject({ total: 0, oldest: null });
    database.writeSamples(packed(id, [sample(START + 3 * MINUTE, { cpuCurrent: 1, cpuTarget: 50 })]));
    expect(database.counts()).toMatchObject({ total: 1, oldest: START + 3 * MINUTE });
  }));
