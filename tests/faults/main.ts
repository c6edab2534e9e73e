// npm run test:faults -- --full | --worst | --only=FAULT[/PHASE],... [--parallel=N] [--write]: cells of the fault matrix, as a table.
// Without any of these: the tests of this folder under jest, which is what CI runs.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { CellResult } from './cell.ts';
import { formatDocument, writeDocument } from './document.ts';
import { ALL_CELLS, cannotRun, nameOf, openWorld, runCells, WORST_CELLS, type Cell } from './matrix.ts';
import { summary, textLine } from './table.ts';

const { values, positionals } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    worst: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    parallel: { type: 'string', default: '3' },
    write: { type: 'boolean', default: false },
  },
  allowPositionals: true,
  strict: false,
});

if (values.full === true || values.worst === true || values.only !== '') await runMatrix();
else
  process.exitCode =
    spawnSync(
      process.execPath,
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js'],
        ...['--selectProjects', 'faults', '--ci', ...process.argv.slice(2)],
      ],
      { stdio: 'inherit' },
    ).status ?? 1;

async function runMatrix(): Promise<void> {
  const names = String(values.only)
    .split(',')
    .concat(positionals)
    .filter((name) => name !== '');
  const isWanted = (cell: Cell) =>
    names.length === 0 || names.some((name) => nameOf(cell) === name || cell.fault.name === name);
  const cells = (values.worst === true ? WORST_CELLS : ALL_CELLS).filter(isWanted);
  for (const cell of cells) {
    const why = cannotRun(cell);
    if (why !== null) console.log(`${nameOf(cell)} is left out: ${why}`);
  }
  const world = await openWorld();
  const results: CellResult[] = [];
  const startedAt = Date.now();
  try {
    await runCells(
      world,
      cells.filter((cell) => cannotRun(cell) === null),
      Number(values.parallel),
      (result) => {
        results.push(result);
        console.log(textLine(result));
        // A run of half an hour may be ended before its end.
        if (values.write === true) writeDocument(results);
      },
    );
  } finally {
    await world.stop();
  }
  console.log(`\n${summary(results)}; took ${Math.round((Date.now() - startedAt) / 1_000)} s`);
  if (values.write === true) await formatDocument();
  process.exitCode = results.some(({ problems }) => problems.length > 0) ? 1 : 0;
}
