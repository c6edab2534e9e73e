import { expect, test } from '@jest/globals';
import { DAY, MINUTE } from '../../core/clock.ts';
import type { Sample } from '../../domain/sample.ts';
import type { Database } from './database.ts';
import { enrolMany, packed, withDatabase } from './database.fixture.ts';
import { sample } from '../sample.fixture.ts';
import { unpackSamples } from '../packed.ts';
import { cutoffs, THIN_STEP_MS } from '../retention-cutoffs.ts';

const NOW = Date.UTC(2026, 0, 31, 12, 3);
const POLICY = { minutesMs: DAY, totalMs: 3 * DAY };
const ALL = { from: 0, to: Number.MAX_SAFE_INTEGER };

const days = (from: number, to: number, targetAt: (ts: number) => number): Sample[] =>
  Array.from({ length: ((to - from) * DAY) / MINUTE }, (_, i) => {
    const ts = NOW + from * DAY + i * MINUTE;
    return sample(ts, { cpuCurrent: i, cpuTarget: targetAt(ts) });
  });

function retainAll(database: Database): { steps: number; deleted: number } {
  for (let steps = 1, deleted = 0; ; steps++) {
    const step = database.retain(POLICY, NOW, 50);
    deleted += step.deleted;
    if (step.done) return { steps, deleted };
  }
}

test('rows go in two tiers, and each row that is left still shows its own target', () =>
  withDatabase((database) => {
    // The target changes every 7 minutes: mostly at rows that do not stay.
    const targetAt = (ts: number) => 50 + (Math.floor(ts / (7 * MINUTE)) % 3);
    const [hpaId = 0] = enrolMany(database, 1);
    const all = days(-4, 0, targetAt);
    database.writeSamples(packed(hpaId, all, { isBaseline: true }));
    const { expireBefore, thinBefore } = cutoffs(POLICY, NOW);
    const wanted = all.filter(({ ts }) => ts >= thinBefore || (ts >= expireBefore && ts % THIN_STEP_MS === 0));
    expect(retainAll(database).deleted).toBe(all.length - wanted.length);
    expect(unpackSamples(database.readSeries(hpaId, ALL))).toEqual(wanted);
    expect(database.counts()).toMatchObject({ total: wanted.length, baseline: wanted.length });
    expect(retainAll(database).deleted).toBe(0);
  }));

test('minutes that arrive after their time was thinned are thinned too', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    retainAll(database);
    database.writeSamples(packed(hpaId, days(-3, -2, () => 70).slice(10, 20)));
    expect(retainAll(database).deleted).toBe(8);
    expect(database.counts()).toMatchObject({ total: 2 });
  }));

test('gaps too old to be filled go, one across the limit is cut', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    const limit = NOW - POLICY.totalMs;
    const openGaps = [
      { hpaId, from: limit - DAY, to: limit - DAY + MINUTE },
      { hpaId, from: limit - 5 * MINUTE, to: limit + 5 * MINUTE },
    ];
    database.writeSamples(packed(hpaId, [], { openGaps }));
    retainAll(database);
    expect(database.openGaps('c')).toEqual([{ hpaId, from: limit, to: limit + 5 * MINUTE }]);
  }));

test('an HPA whose rows are all gone starts anew', () =>
  withDatabase((database) => {
    const [hpaId = 0] = enrolMany(database, 1);
    database.writeSamples(packed(hpaId, [sample(NOW - 5 * DAY, { cpuTarget: 70 })]));
    expect(retainAll(database).deleted).toBe(1);
    const fresh = sample(NOW, { cpuCurrent: 1 });
    database.writeSamples(packed(hpaId, [fresh]));
    expect(unpackSamples(database.readSeries(hpaId, ALL))).toEqual([fresh]);
  }));
