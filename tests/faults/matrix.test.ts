import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CellResult } from './cell.ts';
import { cannotRun, openWorld, runCells, WORST_CELLS } from './matrix.ts';
import { summary, textLine } from './table.ts';

/** Each fault once, in the phase where it does most harm; `npm run test:faults -- --full` has all the others. */

/** They wait more than they work. */
const PARALLEL = 8;
const cells = WORST_CELLS.filter((cell) => cannotRun(cell) === null);
const leftOut = WORST_CELLS.filter((cell) => !cells.includes(cell));

const results = new Map(cells.map(({ fault }) => [fault.name, Promise.withResolvers<CellResult>()]));
let world: Awaited<ReturnType<typeof openWorld>>;
let running: Promise<void>;

beforeAll(async () => {
  for (const cell of leftOut) console.warn(`${cell.fault.name} is left out: it ${cannotRun(cell)}`);
  world = await openWorld();
  running = runCells(world, cells, PARALLEL, (result) => results.get(result.fault)?.resolve(result));
}, 120_000);

afterAll(async () => {
  await running;
  await world.stop();
  const all = await Promise.all([...results.values()].map(({ promise }) => promise));
  // The table is what this suite is for.
  console.log([...all.map(textLine), summary(all)].join('\n'));
}, 120_000);

describe('the fault matrix', () => {
  test.each(cells.map(({ fault, phase }) => ({ name: fault.name, phase, what: fault.what })))(
    '$name during $phase: $what',
    async ({ name }) => {
      const result = await results.get(name)?.promise;
      expect(result?.problems).toEqual([]);
    },
    300_000,
  );
});
