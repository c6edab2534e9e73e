import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MINUTE } from '../../../agent/src/core/clock.ts';
import { hasValue, type Sample } from '../../../agent/src/domain/sample.ts';
import { cutoffs, THIN_STEP_MS } from '../../../agent/src/storage/retention-cutoffs.ts';
import { sample } from '../../../agent/src/storage/sample.fixture.ts';
import { ALL, batch, enrolMany, retainAll } from './batches.ts';
import { describeStores } from './stores.ts';

const START = Date.UTC(2026, 0, 5, 12);

type Row = { sample: Sample; isBaseline: boolean };

/** The contract of writeSamples and retain, in as few words as possible. */
class Model {
  readonly rows = new Map<number, Row>();

  write(samples: Sample[], isBaseline: boolean) {
    for (const given of samples.filter(hasValue)) {
      const known = this.rows.get(given.ts);
      const merged = known ? merge(known.sample, given) : given;
      this.rows.set(given.ts, { sample: merged, isBaseline: isBaseline || (known?.isBaseline ?? false) });
    }
  }

  /** Where whole days are dropped, all these rows are of one day and none goes before it is over. */
  retain(minutesMs: number, totalMs: number, now: number, dropsWholeDays: boolean) {
    const { expireBefore, thinBefore } = cutoffs({ minutesMs, totalMs }, now);
    for (const ts of this.rows.keys()) {
      const isExpired = ts < expireBefore && !dropsWholeDays;
      if (isExpired || (ts < thinBefore && ts % THIN_STEP_MS !== 0)) this.rows.delete(ts);
    }
  }

  samples(): Sample[] {
    return [...this.rows.values()].map((row) => row.sample).sort((a, b) => a.ts - b.ts);
  }

  counts() {
    const baseline = [...this.rows.values()].filter(({ isBaseline }) => isBaseline).length;
    return { total: this.rows.size, baseline, monitoring: this.rows.size - baseline };
  }
}

function merge(known: Sample, given: Sample): Sample {
  const values = Object.entries(given).filter(([, value]) => value !== null);
  const tellsPods = given.cpuCurrent ?? given.memoryCurrent ?? given.memoryUtilization;
  return {
    ...known,
    ...Object.fromEntries(values),
    approximate: tellsPods === null ? known.approximate : given.approximate,
  };
}

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

const repeated = (changes: Record<string, unknown>[]): unknown[] => {
  const bare = changes.map(({ ts: _, ...spec }) => JSON.stringify(spec));
  return bare.filter((spec, i) => spec === bare[i - 1]);
};

describeStores(
  () => START,
  (withStore, { dropsWholeDays }) => {
    test('whatever the order, every row shows what was given for it, and no null erases anything', async () => {
      const steps = fc.array(fc.oneof({ weight: 5, arbitrary: writeStep }, { weight: 1, arbitrary: retainStep }), {
        minLength: 1,
        maxLength: 8,
      });
      await withStore(async (store, { query }) => {
        await fc.assert(
          fc.asyncProperty(steps, async (list) => {
            const [hpaId = 0] = await enrolMany(store, 1);
            const model = new Model();
            for (const step of list) {
              if (step.kind === 'write') {
                model.write(step.samples, step.isBaseline);
                await store.writeSamples(batch(hpaId, step.samples, { isBaseline: step.isBaseline }));
              } else {
                const [minutesMs, totalMs] = [step.minutes * MINUTE, step.total * MINUTE];
                const now = START + step.at * MINUTE;
                model.retain(minutesMs, totalMs, now, dropsWholeDays);
                await retainAll(store, { minutesMs, totalMs }, now);
              }
              expect(await store.readSeries(hpaId, ALL)).toEqual(model.samples());
            }
            const samples = model.samples();
            expect(await store.counts()).toMatchObject({ ...model.counts(), oldest: samples[0]?.ts ?? null });
            expect((await store.listHpas({ limit: 1 })).items[0]?.latest ?? null).toEqual(samples.at(-1) ?? null);
            expect(repeated(await query('SELECT * FROM spec_change ORDER BY hpa_id, ts'))).toEqual([]);
            await store.removeHpa(hpaId, { purge: true });
          }),
          { numRuns: 60 },
        );
      });
    }, 120_000);

    test('a newer window first, then the older one: each keeps its own target', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const window = (from: number, cpuTarget: number | null) =>
          Array.from({ length: 3 }, (_, i) => sample(START + (from + i) * MINUTE, { cpuCurrent: 1, cpuTarget }));
        await store.writeSamples(batch(hpaId, window(10, 80)));
        await store.writeSamples(batch(hpaId, window(0, 70)));
        await store.writeSamples(batch(hpaId, window(5, null)));
        const targets = (await store.readSeries(hpaId, ALL)).map(({ cpuTarget }) => cpuTarget);
        expect(targets).toEqual([70, 70, 70, null, null, null, 80, 80, 80]);
      }));

    test('samples of an HPA that was purged meanwhile are left out, those of others stored', () =>
      withStore(async (store) => {
        const [gone = 0, kept = 0] = await enrolMany(store, 2);
        await store.removeHpa(gone, { purge: true });
        const samples = [gone, kept].map((hpaId) => ({ hpaId, samples: [sample(START, { cpuCurrent: 1 })] }));
        const written = await store.writeSamples({
          now: START,
          isBaseline: false,
          samples,
          openGaps: [{ hpaId: gone, from: START, to: START }],
          closeGaps: [{ hpaId: gone, from: START, to: START }],
          cursors: [{ hpaId: gone, scannedUntil: START }],
          revisions: [{ hpaId: gone, seen: [{ at: START, revisions: ['a'] }] }],
        });
        expect(written).toEqual({ rows: 1 });
        expect(await store.counts()).toMatchObject({ total: 1 });
        expect(await store.openGaps('c')).toEqual([]);
      }));

    test('rows of one HPA may come in any order and twice; what is no time or no value is left out', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const rows = [
          sample(START + MINUTE, { cpuCurrent: 1 }),
          sample(START, { cpuCurrent: 2, pressure: Infinity }),
          sample(START + MINUTE, { memoryCurrent: 3 }),
          sample(NaN, { cpuCurrent: 4 }),
          sample(START + 2 * MINUTE),
        ];
        const twice = {
          ...batch(hpaId, rows),
          samples: [
            { hpaId, samples: rows },
            { hpaId, samples: [] },
          ],
        };
        expect(await store.writeSamples(twice)).toEqual({ rows: 2 });
        expect(await store.readSeries(hpaId, ALL)).toEqual([
          sample(START, { cpuCurrent: 2 }),
          sample(START + MINUTE, { cpuCurrent: 1, memoryCurrent: 3 }),
        ]);
      }));

    test('values are kept as they are, however small or large', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const rows = [
          sample(START, { cpuCurrent: 0.1 + 0.2, memoryCurrent: 1e30, pressure: -5e-324, replicasCurrent: 16_777_216 }),
          sample(START + MINUTE, {
            cpuCurrent: 0,
            replicasReady: 0,
            scalingLimited: 0,
            scalingActive: 1,
            replicasMin: 0,
          }),
        ];
        await store.writeSamples(batch(hpaId, rows));
        expect(await store.readSeries(hpaId, ALL)).toEqual(rows);
      }));

    test('two writers of the same HPA at once lose nothing', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const row = (i: number) => sample(START + i * MINUTE, { cpuCurrent: i, cpuTarget: 50 + (i % 3) });
        const halves = [0, 1].map((half) => Array.from({ length: 40 }, (_, i) => row(2 * i + half)));
        const writes = Array.from({ length: 10 }, (_, i) =>
          halves.map((half) => store.writeSamples(batch(hpaId, half.slice(4 * i, 4 * i + 8)))),
        );
        await Promise.all(writes.flat());
        expect(await store.readSeries(hpaId, ALL)).toEqual(Array.from({ length: 80 }, (_, i) => row(i)));
        expect(await store.counts()).toMatchObject({ total: 80, baseline: 0 });
      }));

    test('what is written of one cluster without waiting is done in the order asked', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const writes = Array.from({ length: 20 }, (_, i) =>
          store.writeSamples(batch(hpaId, [sample(START, { cpuCurrent: i })])),
        );
        await Promise.all(writes);
        expect(await store.readSeries(hpaId, ALL)).toEqual([sample(START, { cpuCurrent: 19 })]);
      }));

    test('a cursor moves forward only, but back from the future, and every scan is dated', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const scan = async (scannedUntil: number, now: number) => {
          await store.writeSamples({ now, isBaseline: false, samples: [], cursors: [{ hpaId, scannedUntil }] });
          const [hpa] = await store.hpasOfCluster('c');
          return [hpa?.scannedUntil, hpa?.lastScanAt];
        };
        expect(await scan(START, START + 1)).toEqual([START, START + 1]);
        expect(await scan(START - MINUTE, START + 2)).toEqual([START, START + 2]);
        expect(await scan(START + 60 * MINUTE, START + 3)).toEqual([START + 60 * MINUTE, START + 3]);
        // Where a wrong clock has put it, the next scan brings it back.
        expect(await scan(START + MINUTE, START + 2 * MINUTE)).toEqual([START + MINUTE, START + 2 * MINUTE]);
      }));

    test('series of several HPAs come by id, in steps the last row of each, at most the limit', () =>
      withStore(async (store) => {
        const [id = 0] = await enrolMany(store, 1);
        const rows = Array.from({ length: 12 }, (_, i) => sample(START + (i + 1) * MINUTE, { cpuCurrent: i / 7 }));
        await store.writeSamples(batch(id, rows));
        const query = { from: START, to: START + 60 * MINUTE };
        const series = await store.readSeriesOf([id, 99], { ...query, stepMs: 5 * MINUTE });
        const minutes = (list: Sample[] = []) => list.map(({ ts }) => (ts - START) / MINUTE);
        expect([...series.keys()]).toEqual([id, 99]);
        expect(minutes(series.get(id))).toEqual([4, 9, 12]);
        expect(series.get(99)).toEqual([]);
        expect(minutes(await store.readSeries(id, { ...query, limit: 2 }))).toEqual([1, 2]);
        expect(minutes(await store.readSeries(id, { ...query, stepMs: 5 * MINUTE, limit: 2 }))).toEqual([4, 9]);
        expect(minutes(await store.readSeries(id, { from: START + 3 * MINUTE, to: START + 4 * MINUTE }))).toEqual([
          3, 4,
        ]);
      }));

    test('points are counted per column, on the step of the window only', () =>
      withStore(async (store) => {
        const [id = 0] = await enrolMany(store, 1);
        const rows = [
          sample(START, { cpuCurrent: 0, cpuTarget: 70 }),
          sample(START + MINUTE, { cpuCurrent: 1, cpuTarget: 70 }),
          sample(START + 5 * MINUTE, { replicasCurrent: 2, cpuTarget: 70 }),
          sample(START + 15 * MINUTE, { cpuCurrent: 2 }),
        ];
        await store.writeSamples(batch(id, rows, { isBaseline: true }));
        const counts = await store.countPoints(id, { start: START, end: START + 10 * MINUTE, stepMs: 5 * MINUTE });
        expect(counts).toMatchObject({
          cpuCurrent: 1,
          replicasCurrent: 1,
          cpuTarget: 2,
          memoryCurrent: 0,
          pressure: 0,
        });
      }));

    test('the view shows the flat table people query by hand', () =>
      withStore(async (store, { query }) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const values = { cpuCurrent: 61.5, replicasCurrent: 3, cpuTarget: 70, replicasMin: 2, replicasMax: 9 };
        const rows = [sample(START, values), sample(START + MINUTE, { memoryCurrent: 512, memoryTarget: 80 })];
        await store.writeSamples(batch(hpaId, rows, { now: START + 95_000, isBaseline: true }));
        const common = {
          ...{ cluster: 'c', namespace: 'n', hpa_name: 'h0', is_baseline: 1, created_at: '2026-01-05T12:01:35Z' },
        };
        const nothing = { cpu_current: null, memory_current: null, replicas_current: null, cpu_target: null };
        expect(await query('SELECT * FROM hpa_snapshots ORDER BY timestamp')).toEqual([
          {
            ...{ ...common, timestamp: '2026-01-05T12:00:00Z', memory_current: null, memory_target: null },
            ...{ cpu_current: 61.5, replicas_current: 3, cpu_target: 70, replicas_min: 2, replicas_max: 9 },
          },
          {
            ...{ ...common, ...nothing, timestamp: '2026-01-05T12:01:00Z', memory_current: 512, memory_target: 80 },
            ...{ replicas_min: null, replicas_max: null },
          },
        ]);
      }));

    test('what was written is there after closing and opening again; after closing nothing is', () =>
      withStore(async (store, { reopen }) => {
        const [id = 0] = await enrolMany(store, 1);
        const writes = Array.from({ length: 20 }, (_, i) =>
          store.writeSamples(batch(id, [sample(START + i * MINUTE, { cpuCurrent: i })])),
        );
        const [closed, again] = [store.close(), store.close()];
        // The last ones before the closing are done.
        expect(await Promise.all(writes)).toEqual(writes.map(() => ({ rows: 1 })));
        await Promise.all([closed, again]);
        await expect(store.counts()).rejects.toMatchObject({ code: 'storage/closed' });
        const second = await reopen();
        expect(await second.counts()).toMatchObject({ total: 20, monitoring: 20, oldest: START, exact: true });
        expect(await second.check()).toEqual([]);
        await second.close();
      }));
  },
  ['SQLite', 'PostgreSQL', 'PostgreSQL without partitions'],
);
