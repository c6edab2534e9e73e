// npm run soak [-- --hours=24 --hpas=200 --clusters=4 --speed=N --seed=1] [--save=FILE] [--write]: the agent for so many simulated hours. A line of
// JSON every ten simulated minutes, a verdict at the end; exit code 1 where something grew or was lost. --write puts the report under
// docs/, --save keeps what was measured, --from=FILE makes the report of what was kept.
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { removeDataDirs } from '../rig/agent.ts';
import { chart } from './chart.ts';
import { report, type SoakRecord } from './report.ts';
import { soak } from './run.ts';
import { problemsOf } from './verdict.ts';

const REPORT = new URL('../../docs/soak.md', import.meta.url);
const CHART = new URL('../../docs/img/soak.svg', import.meta.url);

const text = (fallback: string) => ({ type: 'string', default: fallback }) as const;
const { values } = parseArgs({
  options: {
    hours: text('24'),
    hpas: text('200'),
    clusters: text('4'),
    speed: text('60'),
    seed: text('1'),
    save: text(''),
    from: text(''),
    write: { type: 'boolean', default: false },
  },
});
const positive = (name: 'hours' | 'hpas' | 'clusters' | 'speed' | 'seed'): number => {
  const value = Number(values[name]);
  if (value > 0) return value;
  console.error(`--${name}=${values[name]} is not a number over 0`);
  process.exit(1);
};

async function measured(): Promise<SoakRecord> {
  if (values.from !== '') return JSON.parse(readFileSync(values.from, 'utf8')) as SoakRecord;
  const options = {
    hours: positive('hours'),
    hpas: positive('hpas'),
    clusters: positive('clusters'),
    speed: positive('speed'),
    seed: positive('seed'),
  };
  const at = new Date().toISOString();
  return { at, options, result: await soak({ ...options, onRow: (row) => console.log(JSON.stringify(row)) }) };
}

const record = await measured().finally(removeDataDirs);
if (values.save !== '') writeFileSync(values.save, JSON.stringify(record));
const problems = problemsOf(record.result);
console.log(report(record));
if (values.write) {
  writeFileSync(REPORT, report(record));
  writeFileSync(CHART, chart(record.result.rows));
}
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
