import { afterAll, expect, test } from '@jest/globals';
import { removeDataDirs } from '../rig/agent.ts';
import { soak } from '../soak/run.ts';
import { kept } from '../soak/rest.ts';
import { judge } from '../soak/verdict.ts';

afterAll(removeDataDirs);

// The short form of `npm run soak`: memory needs more hours than these to tell anything, what is never closed shows at once.
test('two hours of life with fifty HPAs: no descriptor, handle or child stays, and every minute is stored', async () => {
  const { rows, minutes, scans, notifications, taken, life, rest, exit } = await soak({
    hours: 2,
    hpas: 50,
    clusters: 2,
    speed: 240,
    slowest: 40,
    seed: 1,
  });
  expect(rows).toHaveLength(12);
  expect(minutes.missing).toEqual([]);
  expect(minutes.stored).toBe(minutes.wanted);
  expect(minutes.wanted).toBeGreaterThan(4_000);
  expect(scans['ok']).toBeGreaterThan(60);
  expect(life.wrong).toEqual([]);
  expect(life).toMatchObject({ outages: 2, clusters: 3 });
  expect(life.enrolments).toBeGreaterThan(20);
  expect(life.events).toBeGreaterThan(100);
  expect(notifications['given_up']).toBe(0);
  expect(taken).toBe(notifications['sent']);
  expect(exit.code).toBe(0);

  // Thirty enrolments, forty streams and thousands of reads: one kept for each of any of them is far more.
  const { handles, fds, workers } = kept(rest);
  expect(workers).toBeLessThanOrEqual(1);
  expect(handles).toBeLessThanOrEqual(2);
  expect(fds).toBeLessThanOrEqual(2);
  expect(judge(rows, ['threads', 'children']).filter(({ flat }) => !flat)).toEqual([]);
}, 480_000);
