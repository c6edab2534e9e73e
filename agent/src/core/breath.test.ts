import { expect, test } from '@jest/globals';
import { createBreath } from './breath.ts';

test('a short computation is not interrupted, a long one lets others have their turn', async () => {
  const always = createBreath(0);
  await always();
  expect(createBreath(60_000)()).toBeUndefined();
  let isOver = false;
  const other = new Promise<boolean>((resolve) => setTimeout(() => resolve(isOver), 0));
  const until = performance.now() + 100;
  while (performance.now() < until) await always();
  isOver = true;
  expect(await other).toBe(false);
});

test('of many computations that go on at once one goes on in a turn of the event loop, in their order', async () => {
  let turn = 0;
  let isOver = false;
  const count = () => {
    turn += 1;
    if (!isOver) setImmediate(count);
  };
  const steps: { name: number; turn: number }[] = [];
  const compute = async (name: number) => {
    const breathe = createBreath(0);
    for (let step = 0; step < 3; step++) {
      await breathe();
      steps.push({ name, turn });
    }
  };
  setImmediate(count);
  await Promise.all([0, 1, 2, 3].map(compute));
  isOver = true;
  expect(steps.map(({ name }) => name)).toEqual([0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3]);
  expect(new Set(steps.map((step) => step.turn)).size).toBe(steps.length);
});
