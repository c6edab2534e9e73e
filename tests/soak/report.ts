import { cpus } from 'node:os';
import { OUTAGE_MS } from './life.ts';
import type { SoakOptions, SoakResult } from './run.ts';
import type { SoakRow } from './sampling.ts';
import { kept } from './rest.ts';
import { judge } from './verdict.ts';

export type SoakRecord = { at: string; options: Omit<SoakOptions, 'onRow' | 'slowest'>; result: SoakResult };

const MINUTE = 60_000;
const number = (value: number): string => value.toLocaleString('en-GB', { maximumFractionDigits: 1 });

/** As the formatter of this repository lays them out. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((name, i) => Math.max(3, name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const FIGURES: readonly (readonly [keyof SoakRow, string])[] = [
  ['hour', 'hour'],
  ['rss_mib', 'rss MiB'],
  ['heap_mib', 'heap MiB'],
  ['external_mib', 'external MiB'],
  ['handles', 'handles'],
  ['resources', 'resources'],
  ['fds', 'fds'],
  ['threads', 'threads'],
  ['children', 'children'],
  ['loop_p99_ms', 'loop p99 ms'],
  ['cpu_cores', 'cores'],
  ['wal_mib', 'WAL MiB'],
  ['db_mib', 'db MiB'],
  ['samples', 'rows'],
];
const NAMES: Record<string, string> = Object.fromEntries(FIGURES);

/** One row an hour; the verdict is by all of them. */
const hourly = (rows: readonly SoakRow[]): SoakRow[] =>
  rows.filter((row, i) => i === rows.length - 1 || Math.floor(row.hour) > Math.floor(rows[i - 1]?.hour ?? 0));

const counted = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${number(count)} ${name.replaceAll('_', ' ')}`)
    .join(', ') || 'none';

/** The soak as a page of the documentation. */
export function report({ at, options, result }: SoakRecord): string {
  const { hours, hpas, clusters, speed } = options;
  const { rows, minutes, scans, notifications, taken, life, rest, exit, wallMs } = result;
  const stayed = kept(rest);
  const late = result.scans['overrun'] ?? 0;
  return `# Soak

\`npm run soak -- --write\` made this page; it takes ${number(wallMs / MINUTE)} minutes. \`npm run soak -- --hours=2 --hpas=50\` is a short one, which CI runs as a test.

The built agent ran as a process of its own for **${hours} simulated hours** with **${hpas} HPAs in ${clusters} clusters**. Its clock ran
${speed} times as fast as the machine's: the one Clock that everything in it takes its time from was replaced, so that scans, judging, learning,
retention, backoff and heartbeats come as often as in a day, while what Node and the libraries do by themselves runs at the machine's pace. Histories
were collected at the machine's pace before. The clusters are simulated, with incidents, in another process.

What happened meanwhile: ${number(life.reads)} reads of the API in the mix that Grafana asks for; ${life.streams} event streams opened and cut
(${number(life.events)} events read); ${life.enrolments} times an HPA stopped, half of them with their history, and was enrolled again; a
cluster added and removed ${life.clusters} times; ${life.outages} times a Prometheus gone for ${OUTAGE_MS / MINUTE} minutes; a receiver of
notifications that refuses one in ten. Rows a minute were kept for 6 hours and rows each five minutes for 3 days, so that retention deletes
all the time and the tables reach their size.

Begun ${at}, ${cpus().length} cores, Node ${process.versions.node.split('.')[0]}.

## Verdict

A figure is flat when the Theil-Sen slope over the last half of the run, times its length, is within the allowance.

${table(
  ['figure', 'median', 'grew by', 'allowed', 'flat'],
  judge(rows).map(({ figure, median, growth, allowed, flat }) => [
    NAMES[figure] ?? figure,
    number(median),
    number(growth),
    number(allowed),
    flat ? 'yes' : '**no**',
  ]),
)}

${table(
  ['what', 'measured'],
  [
    [
      'at rest, before the first hour and after the last',
      `handles ${rest.before.handles} and ${rest.after.handles}; descriptors ${rest.before.fds} and ${rest.after.fds}, ${stayed.fds} more without those of a worker thread started meanwhile`,
    ],
    ['minutes that Prometheus had and that are stored', `${number(minutes.stored)} of ${number(minutes.wanted)}`],
    ['cluster scans', `${counted(scans)}; later than their slot: ${late}`],
    ['attempts to notify', `${counted(notifications)}; taken: ${number(taken)}`],
    ['calls of the API that failed', String(life.wrong.length)],
    ['end of the agent', `exit code ${exit.code} after ${number(exit.ms)} ms`],
  ],
)}

![What the agent held over the hours](img/soak.svg)

## By the hour

Delay of the event loop and cores are of the ten simulated minutes before, by the machine's clock: at this speed ${number((60 * 10) / speed)} s.

${table(
  FIGURES.map(([, name]) => name),
  hourly(rows).map((row) => FIGURES.map(([figure]) => number(row[figure]))),
)}
`;
}
