import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { DAYS, HPAS, NOW, shrunk, targetAt } from '../rig/retention-rig.ts';

const STEP = 5 * MINUTE;

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'hpa-watch-retention-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test('40 days shrink to two tiers in small steps; the file gives its space back', async () => {
  const { store, ids, before, after, steps, held } = await shrunk(join(directory, 'monitoring.db'));
  const longest = held.slice(0, 3).map((ms) => ms.toFixed(1));
  console.info(
    `retention: ${before.total} -> ${after.total} rows in ${steps.length} steps, longest ${longest.join(', ')} ms, ` +
      `file ${(before.file / 1e6).toFixed(1)} -> ${(after.file / 1e6).toFixed(1)} MB`,
  );
  const perHpa = (7 * DAY) / MINUTE + (23 * DAY) / STEP;
  expect(before.total).toBe((HPAS * DAYS * DAY) / MINUTE);
  expect(after).toMatchObject({ total: HPAS * perHpa, baseline: 0, oldest: NOW - 30 * DAY });
  expect(steps.reduce((sum, { deleted }) => sum + deleted, 0)).toBe(before.total - after.total);
  // How long a step holds the writer is measured by `npm run bench -- storage`; here, that none takes on much.
  expect(Math.max(...steps.map(({ deleted }) => deleted))).toBeLessThan((before.total - after.total) / 4);
  expect(after.file / before.file).toBeLessThan((1.3 * after.total) / before.total);

  for (const id of ids) {
    const rows = await store.readSeries(id, { from: 0, to: NOW });
    expect(rows.filter(({ ts, cpuTarget }) => cpuTarget !== targetAt(ts))).toEqual([]);
    expect(rows.filter(({ ts }) => ts < NOW - 7 * DAY && ts % STEP !== 0)).toEqual([]);
  }
  expect(await store.check()).toEqual([]);
  await store.close();
}, 60_000);
