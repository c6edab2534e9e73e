import { expect, test } from '@jest/globals';
import { createBreath } from './breath.ts';

test('a short computation is not interrupted, a long one lets others have their turn', async () => {
  const never = createBreath(60_000);
  expect(never()).toBeUndefined();
  const always = createBreath(0);
  let isOver = false;
  const other = new Promise<boolean>((resolve) => setTimeout(() => resolve(isOver), 0));
  const until = performance.now() + 100;
  while (performance.now() < until) await always();
  isOver = true;
  expect(await other).toBe(false);
});
