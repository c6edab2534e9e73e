import { statSync } from 'node:fs';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import type { RetentionStep, Store } from '../../agent/src/storage/store.ts';

export const NOW = Date.UTC(2026, 1, 10, 12);
export const DAYS = 40;
export const HPAS = 5;
/** How long a step may hold the writer, ms: what retention steers by. */
export const MAX_HOLD_MS = 50;
const POLICY = { minutesMs: 7 * DAY, totalMs: 30 * DAY };

/** The target changes every 100 minutes, so that changes go too. */
export const targetAt = (ts: number): number => 50 + (Math.floor(ts / (100 * MINUTE)) % 4);

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
export async function shrunk(path: string) {
  const store = await openSqliteStore({ path, now: () => NOW });
  const keys = Array.from({ length: HPAS }, (_, i) => ({ cluster: 'a', namespace: 'b', hpa: `h${i}` }));
  const ids = (await store.enrol(keys, NOW)).map(({ hpa }) => hpa.id);
  await fill(store, ids);
  const before = { ...(await store.counts()), file: statSync(path).size };
  const steps: RetentionStep[] = [];
  do steps.push(await store.retain(POLICY, NOW, MAX_HOLD_MS));
  while (!steps.at(-1)?.done);
  const after = { ...(await store.counts()), file: statSync(path).size };
  const held = steps.map(({ heldMs }) => heldMs).sort((x, y) => y - x);
  return { store, ids, before, after, steps, held };
}
