import { expect, test } from '@jest/globals';
import { DAY, floorTo, MINUTE } from '../../../agent/src/core/clock.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { cutoffs, THIN_STEP_MS } from '../../../agent/src/storage/retention-cutoffs.ts';
import { sample } from '../../../agent/src/storage/sample.fixture.ts';
import { ALL, batch, enrolMany, retainAll } from './batches.ts';
import { describeStores } from './stores.ts';

const NOW = Date.UTC(2026, 0, 31, 12, 3);
const POLICY = { minutesMs: DAY, totalMs: 3 * DAY };

/** A row a minute, from so many days before now to so many. */
const days = (from: number, to: number, targetAt: (ts: number) => number): Sample[] =>
  Array.from({ length: ((to - from) * DAY) / MINUTE }, (_, i) => {
    const ts = NOW + from * DAY + i * MINUTE;
    return sample(ts, { cpuCurrent: i, cpuTarget: targetAt(ts) });
  });

describeStores(
  () => NOW,
  (withStore, { dropsWholeDays }) => {
    const limits = cutoffs(POLICY, NOW);
    const expireBefore = dropsWholeDays ? floorTo(limits.expireBefore, DAY) : limits.expireBefore;
    const isKept = ({ ts }: Sample) => ts >= limits.thinBefore || (ts >= expireBefore && ts % THIN_STEP_MS === 0);

    test('rows go in two tiers, and each row that is left still shows its own target', () =>
      withStore(async (store) => {
        // The target changes every 7 minutes: mostly at rows that do not stay.
        const targetAt = (ts: number) => 50 + (Math.floor(ts / (7 * MINUTE)) % 3);
        const [hpaId = 0, other = 0] = await enrolMany(store, 2);
        const all = days(-5, 0, targetAt);
        await store.writeSamples(batch(hpaId, all, { isBaseline: true }));
        await store.writeSamples(
          batch(
            other,
            days(-5, -4.5, () => 1),
          ),
        );
        const wanted = all.filter(isKept);
        expect(await retainAll(store, POLICY, NOW)).toBe(all.length - wanted.length + 720);
        expect(await store.readSeries(hpaId, ALL)).toEqual(wanted);
        expect(await store.readSeries(other, ALL)).toEqual([]);
        const oldest = wanted[0]?.ts;
        expect(await store.counts()).toMatchObject({ total: wanted.length, baseline: wanted.length, oldest });
        const { items } = await store.listHpas({ limit: 9 });
        expect(items.map(({ latest }) => latest)).toEqual([wanted.at(-1), null]);
        expect(await retainAll(store, POLICY, NOW)).toBe(0);
      }));

    test('minutes that arrive after their time was thinned are thinned too', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const rows = days(-2, -1.5, () => 70);
        await store.writeSamples(batch(hpaId, rows.slice(100, 200)));
        await retainAll(store, POLICY, NOW);
        await store.writeSamples(batch(hpaId, rows.slice(10, 20)));
        expect(await retainAll(store, POLICY, NOW)).toBe(8);
        expect(await store.counts()).toMatchObject({ total: 22 });
      }));

    test('gaps too old to be filled go, one across the limit is cut', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const limit = NOW - POLICY.totalMs;
        const openGaps = [
          { hpaId, from: limit - DAY, to: limit - DAY + MINUTE },
          { hpaId, from: limit - 5 * MINUTE, to: limit + 5 * MINUTE },
        ];
        await store.writeSamples(batch(hpaId, [], { openGaps }));
        await retainAll(store, POLICY, NOW);
        expect(await store.openGaps('c')).toEqual([{ hpaId, from: limit, to: limit + 5 * MINUTE }]);
      }));

    test('an HPA whose rows are all gone starts anew', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        await store.writeSamples(batch(hpaId, [sample(NOW - 5 * DAY, { cpuTarget: 70 })]));
        expect(await retainAll(store, POLICY, NOW)).toBe(1);
        const fresh = sample(NOW, { cpuCurrent: 1 });
        await store.writeSamples(batch(hpaId, [fresh]));
        expect(await store.readSeries(hpaId, ALL)).toEqual([fresh]);
      }));

    test('rows of a day that is long gone can be written again, and go again', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const old = [sample(NOW - 9 * DAY, { cpuCurrent: 1 })];
        for (let round = 0; round < 2; round += 1) {
          await store.writeSamples(batch(hpaId, old));
          expect(await store.readSeries(hpaId, ALL)).toEqual(old);
          expect(await retainAll(store, POLICY, NOW)).toBe(1);
        }
        expect(await store.counts()).toMatchObject({ total: 0, oldest: null });
      }));

    test('writing goes on while retention is at it', () =>
      withStore(async (store) => {
        const [hpaId = 0] = await enrolMany(store, 1);
        const all = days(-2, 0, (ts) => 50 + (Math.floor(ts / (9 * MINUTE)) % 2));
        const parts = Array.from({ length: 24 }, (_, i) => all.slice(i * 120, (i + 1) * 120)).reverse();
        const retaining = (async () => {
          for (let round = 0; round < 5; round += 1) await retainAll(store, POLICY, NOW);
        })();
        await Promise.all(parts.map((part) => store.writeSamples(batch(hpaId, part))));
        await retaining;
        await retainAll(store, POLICY, NOW);
        expect(await store.readSeries(hpaId, ALL)).toEqual(all.filter(isKept));
        expect(await store.counts()).toMatchObject({ total: all.filter(isKept).length });
      }));
  },
  ['SQLite', 'PostgreSQL', 'PostgreSQL without partitions'],
);
