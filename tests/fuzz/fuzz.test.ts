import { afterAll, describe, expect, test } from '@jest/globals';
import { readCorpus } from './corpus.ts';
import { fuzz, tryOne } from './fuzzer.ts';
import { randomOf } from './random.ts';
import { TARGETS } from './targets/all.ts';

/** The same inputs in every run; `npm run fuzz` tries others. */
const SEED = 20_261_124;
const MS_EACH = 700;

describe.each(TARGETS)('$name', (target) => {
  const corpus = readCorpus(target.name);
  afterAll(() => target.close?.());

  test('keeps its contract on every input that was kept', async () => {
    expect(corpus.length).toBeGreaterThan(0);
    for (const { file, text } of corpus)
      expect([file, await tryOne(target, text)]).toEqual([file, { outcome: expect.any(String) }]);
  });

  test('keeps it on inputs made of these', async () => {
    const seeds = corpus.map(({ text }) => text);
    const end = performance.now() + MS_EACH;
    const isOver = () => performance.now() >= end;
    const { executions, findings } = await fuzz({ target, seeds, random: randomOf(SEED), isOver });
    expect(findings).toEqual([]);
    expect(executions).toBeGreaterThan(0);
  });
});
