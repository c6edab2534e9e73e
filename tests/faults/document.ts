import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import type { CellResult } from './cell.ts';
import { ALL_CELLS, FAULTS, nameOf } from './matrix.ts';
import { markdownTable, summary } from './table.ts';

const DOCUMENT = new URL('../../docs/fault-matrix.md', import.meta.url);
const DATA = new URL('../../docs/fault-matrix.json', import.meta.url);

const keyOf = ({ fault, phase }: CellResult): string => `${fault}/${phase}`;

/** Formats both files as the rest of the repository is. */
export async function formatDocument(): Promise<void> {
  for (const file of [DATA, DOCUMENT]) {
    const filepath = fileURLToPath(file);
    const options = { ...(await resolveConfig(filepath)), filepath };
    writeFileSync(file, await format(readFileSync(file, 'utf8'), options));
  }
}

/** Writes the results into docs/fault-matrix.md; those of earlier runs stay where a cell was not run again. */
export function writeDocument(results: readonly CellResult[]): void {
  const known = new Map(readKnown().map((result) => [keyOf(result), result]));
  for (const result of results) known.set(keyOf(result), result);
  const all = ALL_CELLS.flatMap((cell) => known.get(nameOf(cell)) ?? []);
  writeFileSync(DATA, `${JSON.stringify(all, null, 1)}\n`);
  writeFileSync(DOCUMENT, documentOf(all));
}

function readKnown(): CellResult[] {
  try {
    return JSON.parse(readFileSync(DATA, 'utf8')) as CellResult[];
  } catch {
    return [];
  }
}

function documentOf(results: readonly CellResult[]): string {
  const failed = results.filter(({ problems }) => problems.length > 0);
  const failures = failed.map(
    (result) => `- ${keyOf(result)}: ${result.problems.map((text) => text.slice(0, 300)).join('; ')}`,
  );
  return [
    '# The fault matrix',
    PROSE,
    `## Figures\n\n${summary(results)}.`,
    failed.length > 0 ? `Cells that do not hold:\n\n${failures.join('\n')}` : 'Every cell holds.',
    `## Faults\n\n${FAULTS.map(({ name, what }) => `- \`${name}\`: ${what}`).join('\n')}`,
    `## Cells\n\n${markdownTable(results)}`,
  ]
    .join('\n\n')
    .concat('\n');
}

const PROSE = `Written by \`npm run test:faults -- --full --write\`; CI runs each fault but the two long ones once, in its worst phase
(\`npm run test:faults\`).

Each cell is an agent process of its own with a real kubectl, a stub API server, a real Prometheus behind a proxy that can go wrong,
a webhook receiver, and a data directory prepared by an agent that nothing went wrong with. The fault begins in the middle of the
phase (a query of the backfill or the scan is on its way, old rows are being deleted, a notification is held by its receiver), lasts 5 s (where
the list below says nothing else) in which, but for the backfill, six minutes pass on the clock, and ends. Slots last 2 s.

- **Recovered** is when, counted from the end of the fault, the forward is up, a scan succeeded, the history is complete, no gap is open, no
  notification waits, and every minute up to now has exactly the values that Prometheus itself answers for it.
- **Rows missing** counts minutes that Prometheus has and the table has not, or with other values, at the end of the story.
- **Told** counts the beginnings and ends of two incidents, one before and one in the fault, that the receiver acknowledged.
- **Left** counts processes after the agent has stopped.
- \`agent-stopped\` is a SIGSTOP of 3 s in which the clock goes on by ten minutes, \`agent-stopped-long\` one of ten real minutes.

What the figures do not say: slots of the default length (30 s for one or two clusters) add up to one slot; where six minutes pass on the clock in 5 s, what waits by the wall clock is due sooner. A notification
that was acknowledged in the very moment in which the agent is killed is sent once more, under the same delivery id.

The table holds the last run of each cell, on two cores that other work kept busy (load 10 to 30); a cell can be run again by
\`--only=FAULT/PHASE --write\`.`;
