import { expect, test } from '@jest/globals';
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import { MINUTE } from '../../core/clock.ts';
import type { Sample } from '../../domain/sample.ts';
import type { Database } from './database.ts';
import { enrolMany, packed, withDatabase } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { unpackSamples } from '../packed.ts';
import { SampleModel } from './sample-model.fixture.ts';

const START = Date.UTC(2026, 0, 5, 12);
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

const maybe = <T>(...values: T[]) => fc.constantFrom(null, ...values);
const anySample: fc.Arbitrary<Sample> = fc
  .record({
    minute: fc.nat({ max: 40 }),
    cpuCurrent: maybe(1.5, 2.5),
    replicasCurrent: maybe(1, 2),
    scalingActive: maybe(0, 1),
    cpuTarget: maybe(70, 80),
    replicasMax: maybe(10, 11),
    cpuBasis: maybe('request' as const, 'core' as const),
    approximate: fc.boolean(),
  })
  .map(({ minute, ...values }) => sample(START + minute * MINUTE, values));
const steady: fc.Arbitrary<Sample[]> = fc
  .record({ first: fc.nat({ max: 40 }), count: fc.nat({ max: 40 }) })
  .map(({ first, count }) =>
    Array.from({ length: count }, (_, i) => sample(START + (first + i) * MINUTE, { cpuCurrent: i, cpuTarget: 70 })),
  );

type Step =
  | { kind: 'write'; samples: Sample[]; isBaseline: boolean }
  | { kind: 'retain'; minutes: number; total: number; at: number };
const writeStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('write' as const),
  samples: fc.oneof(fc.array(anySample, { maxLength: 12 }), steady),
  isBaseline: fc.boolean(),
});
const retainStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('retain' as const),
  minutes: fc.nat({ max: 30 }),
  total: fc.integer({ min: 30, max: 60 }),
  at: fc.integer({ min: 20, max: 70 }),
});

function retainAll(database: Database, minutesMs: number, totalMs: number, now: number) {
  while (!database.retain({ minutesMs, totalMs }, now, 50).done);
}

const repeatedChanges = (path: string): unknown[] => {
  const db = new Sqlite(path, { readonly: true });
  const changes = db.prepare('SELECT * FROM spec_change ORDER BY hpa_id, ts').all() as { hpa_id: number; ts: number }[];
  db.close();
  const bare = changes.map(({ ts: _, ...spec }) => JSON.stringify(spec));
  return bare.filter((spec, i) => spec === bare[i - 1]);
};

test('whatever the order, every row shows what was given for it, and no null erases anything', async () => {
  const steps = fc.array(fc.oneof({ weight: 5, arbitrary: writeStep }, { weight: 1, arbitrary: retainStep }), {
    minLength: 1,
    maxLength: 8,
  });
  await withDatabase((database, path) => {
    fc.assert(
      fc.property(steps, (list) => {
        const [hpaId = 0] = enrolMany(database, 1);
        const model = new SampleModel();
        for (const step of list) {
          if (step.kind === 'write') {
            model.write(step.samples, step.isBaseline);
            database.writeSamples(packed(hpaId, step.samples, { isBaseline: step.isBaseline }));
          } else {
            const args = [step.minutes * MINUTE, step.total * MINUTE, START + step.at * MINUTE] as const;
            model.retain(...args);
            retainAll(database, ...args);
          }
          expect(unpackSamples(database.readSeries(hpaId, ALL))).toEqual(model.samples());
        }
        expect(database.counts()).toMatchObject(model.counts());
        expect(repeatedChanges(path)).toEqual([]);
        database.removeHpa(hpaId, { purge: true });
      }),
      { numRuns: 300 },
    );
  });
}, 120_000);

test('a newer window first, then the older one: each keeps its own target', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const window = (from: number, cpuTarget: number | null) =>
      Array.from({ length: 3 }, (_, i) => sample(START + (from + i) * MINUTE, { cpuCurrent: 1, cpuTarget }));
    database.writeSamples(packed(hpaId, window(10, 80)));
    database.writeSamples(packed(hpaId, window(0, 70)));
    database.writeSamples(packed(hpaId, window(5, null)));
    const targets = unpackSamples(database.readSeries(hpaId, ALL)).map(({ cpuTarget }) => cpuTarget);
    expect(targets).toEqual([70, 70, 70, null, null, null, 80, 80, 80]);
  }));

test('samples of an HPA that was purged meanwhile are left out, those of others stored', () =>
  withDatabase((database) => {
    const [gone = 0, kept = 0] = enrolMany(database, 2);
    database.removeHpa(gone, { purge: true });
    const batch = packed(kept, [sample(START, { cpuCurrent: 1 })], {
      openGaps: [{ hpaId: gone, from: START, to: START }],
      cursors: [{ hpaId: gone, scannedUntil: START }],
    });
    batch.hpaIds = new Float64Array([gone, kept]);
    batch.counts = new Float64Array([1, 1]);
    batch.rows = new Float64Array([...batch.rows, ...batch.rows]);
    expect(database.writeSamples(batch)).toEqual({ rows: 1 });
    expect(database.counts()).toMatchObject({ total: 1 });
  }));

test('a write that fails leaves nothing of itself, in the file or in memory', () =>
  withDatabase((database, path) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const db = new Sqlite(path);
    db.exec(`CREATE TRIGGER refuse BEFORE INSERT ON sample WHEN NEW.ts = ${START + MINUTE}
      BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    const rows = [sample(START, { cpuTarget: 70 }), sample(START + MINUTE, { cpuTarget: 80 })];
    expect(() => database.writeSamples(packed(hpaId, rows))).toThrow('refused');
    expect(unpackSamples(database.readSeries(hpaId, ALL))).toEqual([]);
    db.exec('DROP TRIGGER refuse');
    db.close();
    database.writeSamples(packed(hpaId, rows));
    expect(unpackSamples(database.readSeries(hpaId, ALL))).toEqual(rows);
  }));

test('a cursor in the future, where a wrong clock has put it, is brought back by the next scan', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const scan = (scannedUntil: number) =>
      database.writeSamples({ ...packed(hpaId, []), now: scannedUntil + 20_000, cursors: [{ hpaId, scannedUntil }] });
    scan(START + 60 * MINUTE);
    scan(START);
    expect(database.hpasOfCluster('c')).toMatchObject([{ scannedUntil: START }]);
  }));

test('cursors move forward only, and every scan is dated', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const scan = (scannedUntil: number, now: number) =>
      database.writeSamples({ ...packed(hpaId, []), now, cursors: [{ hpaId, scannedUntil }] });
    scan(START, START + 1);
    scan(START - MINUTE, START + 2);
    expect(database.hpasOfCluster('c')).toMatchObject([{ scannedUntil: START, lastScanAt: START + 2 }]);
  }));
