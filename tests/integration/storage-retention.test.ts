import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite.ts';
import type { RetentionStep, Store } from '../../agent/src/storage/store.ts';

const NOW = Date.UTC(2026, 1, 10, 12);
const POLICY = { minutesMs: 7 * DAY, totalMs: 30 * DAY };
const DAYS = 40;
const HPAS = 5;
const MAX_MS = 50;
const STEP = 5 * MINUTE;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hpa-watch-retention-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The target changes every 100 minutes, so that changes go too. */
const targetAt = (ts: number): number => 50 + (Math.floor(ts / (100 * MINUTE)) % 4);

const dayOf = (day: number): Sample[] =>
  Array.from({ length: DAY / MINUTE }, (_, minute) => {
    const ts = NOW - day * DAY + minute * MINUTE;
    const wave = Math.sin(ts / 7_919_000);
    const values = { cpuCurrent: 60 + 17.3 * wave, memoryCurrent: 512 + 9.3 * wave, pressure: 0.8 + 0.3 * wave };
    return { ...emptySample(ts), ...values, replicasCurrent: 3, cpuTarget: targetAt(ts) };
  });

/** By day and with the HPAs in turn, as the rows of a real fleet lie in the file. */
async function fill(store: Store, ids: number[]): Promise<void> {
  for (let day = DAYS; day > 0; day--) {
    const samples = ids.map((hpaId) => ({ hpaId, samples: dayOf(day) }));
    await store.writeSamples({ now: NOW - day * DAY, isBaseline: day > 37, samples });
  }
}

/** 40 days of rows, then retention until nothing is left to do. */
async function shrunk(path: string) {
  const store = await openSqliteStore({ path, now: () => NOW });
  const keys = Array.from({ length: HPAS }, (_, i) => ({ cluster: 'a', namespace: 'b', hpa: `h${i}` }));
  const ids = (await store.enrol(keys, NOW)).map(({ hpa }) => hpa.id);
  await fill(store, ids);
  const before = { ...(await store.counts()), file: statSync(path).size };
  const steps: RetentionStep[] = [];
  do steps.push(await store.retain(POLICY, NOW, MAX_MS));
  while (!steps.at(-1)?.done);
  const after = { ...(await store.counts()), file: statSync(path).size };
  const held = steps.map(({ heldMs }) => heldMs).sort((x, y) => y - x);
  return { store, ids, before, after, steps, held };
}

/** What the writer is held is measured by the wall clock, so another process can lengthen it: the quietest of a few tries counts. */
async function quietest(tries: number) {
  for (let attempt = 1; ; attempt++) {
    const result = await shrunk(join(directory, `monitoring-${attempt}.db`));
    if (attempt === tries || (result.held[0] ?? 0) < MAX_MS) return result;
    await result.store.close();
  }
}

test('40 days shrink to two tiers; no step holds the writer longer than 50 ms; the file gives its space back', async () => {
  const { store, ids, before, after, steps, held } = await quietest(3);
  const longest = held.slice(0, 3).map((ms) => ms.toFixed(1));
  console.info(
    `retention: ${before.total} -> ${after.total} rows in ${steps.length} steps, longest ${longest.join(', ')} ms, ` +
      `file ${(before.file / 1e6).toFixed(1)} -> ${(after.file / 1e6).toFixed(1)} MB`,
  );
  const perHpa = (7 * DAY) / MINUTE + (23 * DAY) / STEP;
  expect(before.total).toBe((HPAS * DAYS * DAY) / MINUTE);
  expect(after).toMatchObject({ total: HPAS * perHpa, baseline: 0, oldest: NOW - 30 * DAY });
  expect(steps.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(before.total - after.total);
  expect(held[0]).toBeLessThan(MAX_MS);
  expect(after.file / before.file).toBeLessThan((1.3 * after.total) / before.total);

  for (const id of ids) {
    const rows = await store.readSeries(id, { from: 0, to: NOW });
    expect(rows.filter(({ ts, cpuTarget }) => cpuTarget !== targetAt(ts))).toEqual([]);
    expect(rows.filter(({ ts }) => ts < NOW - 7 * DAY && ts % STEP !== 0)).toEqual([]);
  }
  expect(await store.check()).toEqual([]);
  await store.close();
}, 60_000);
