import { beforeAll, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MINUTE } from '../../agent/src/core/clock.ts';
import { MUST_SAY } from '../bench/story/sentences.ts';
import type { Shown } from '../bench/story/show.ts';

/**
 * What a person sees who starts the demo, whenever that is: the simulation's own samples through the code that judges live. Wider, by
 * hand: `npm run bench -- story`.
 */

/** Each weekday, hours all around the clock, and a seed each. */
const STARTS: [start: string, seed: number][] = [
  ['2026-11-23T21:30Z', 1],
  ['2026-11-24T03:10Z', 2],
  ['2026-11-25T23:33Z', 10],
  ['2026-11-26T12:00Z', 4],
  ['2026-11-27T07:02Z', 8],
  ['2026-11-28T19:07Z', 1],
  ['2026-11-29T15:26Z', 7],
];

const run = promisify(execFile);
const SHOW = fileURLToPath(new URL('../bench/story/show.ts', import.meta.url));
async function show(start: string, seed: number): Promise<Shown> {
  const { stdout } = await run(process.execPath, [SHOW, start, String(seed)], { maxBuffer: 64 * 1_048_576 });
  return JSON.parse(stdout) as Shown;
}

describe.each(STARTS)('started at %s with seed %i', (start, seed) => {
  const liveFrom = Date.parse(start);
  let shown: Shown;
  beforeAll(async () => {
    shown = await show(start, seed);
  }, 60_000);
  const hpasOf = (anomalies: readonly { key: object }[]) =>
    new Set(anomalies.map(({ key }) => JSON.stringify(key))).size;

  test('every incident is told, of a right kind', () => {
    const missed = shown.told.filter(({ anomalies }) => anomalies.length === 0).map(({ label }) => label);
    expect(missed).toEqual([]);
    expect(new Set(shown.told.map(({ label }) => label.kind)).size).toBe(12);
  });

  test('in a sentence that names HPA, value, what it is measured against, and what is going on', () => {
    for (const { label, anomalies } of shown.told) {
      for (const { kind, sentence, promql } of anomalies) {
        expect(sentence).toMatch(MUST_SAY[kind]);
        expect(sentence).toContain(`${label.namespace}/${label.hpa}`);
        expect(promql).toContain(label.namespace);
      }
    }
  });

  test('the rush is put down to the lowered maximum', () => {
    const rush = shown.told.find(({ label }) => label.kind === 'traffic_spike');
    expect(rush?.anomalies[0]?.kind).toBe('maxed_out');
    expect(rush?.anomalies[0]?.sentence).toMatch(
      /Shortly before, at (\d\d-\d\d )?\d\d:\d\d: maxReplicas changed from \d+ to \d+/,
    );
  });

  test('a handful fires at the start, of several severities, and most of the fleet is well', () => {
    const severities = new Set(shown.firingAtStart.map(({ severity }) => severity));
    expect(severities.size).toBeGreaterThanOrEqual(2);
    expect(hpasOf(shown.firingAtStart)).toBeGreaterThanOrEqual(4);
    expect(hpasOf(shown.firingAtStart)).toBeLessThanOrEqual(8);
  });

  test('something is over by then, and the next thing comes within five minutes', () => {
    const all = shown.told.flatMap(({ anomalies }) => anomalies);
    expect(all.filter(({ endedAt }) => endedAt !== null && endedAt < liveFrom).length).toBeGreaterThanOrEqual(2);
    const next = all.filter(
      ({ firedAt }) => firedAt !== null && firedAt > liveFrom && firedAt <= liveFrom + 5 * MINUTE,
    );
    expect(next.length).toBeGreaterThanOrEqual(1);
  });

  test('nothing is said of the HPAs with which nothing is wrong', () => {
    expect(shown.strays.map(({ sentence }) => sentence)).toEqual([]);
  });

  test('a clean day shows none', () => {
    expect(shown.clean).toEqual([]);
  });
});
