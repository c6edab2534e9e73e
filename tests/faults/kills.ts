import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo } from '../../agent/src/demo/start.ts';
import { newDataDir, removeDataDirs } from '../rig/agent.ts';
import { startHttpReceiver } from '../rig/http-receiver.ts';
import { nothingAcknowledged } from './database-findings.ts';
import { killAgent, killStore, type Kill } from './kill-rounds.ts';

/**
 * `npm run test:kills -- --kills=200`: kills the storage and the agent in turn at random moments while they write, looks at the
 * database each time, and prints a table. Exit code 1 when anything was not as it has to be.
 */
const { values } = parseArgs({ options: { kills: { type: 'string', default: '200' } } });
const kills = Number(values.kills);
/** So that the checks, which read every row, stay short. */
const KILLS_OF_A_DATABASE = 20;
const STORE_WITHIN_MS = 2_000;
const AGENT_WITHIN_MS = 2_500;

/** One in five while the database is still being opened, or not even that. */
const storeMoment = (kill: number) =>
  kill % 10 === 8
    ? { from: 'start' as const, afterMs: Math.random() * STORE_WITHIN_MS }
    : { from: 'first write' as const, afterMs: Math.random() * STORE_WITHIN_MS };

const demo = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', clusters: 1 });
const receiver = await startHttpReceiver();
const done: Kill[] = [];
const places = { store: { dir: '', all: nothingAcknowledged() }, agent: { dir: '', all: nothingAcknowledged() } };
try {
  for (let kill = 0; kill < kills; kill++) {
    if (kill % (2 * KILLS_OF_A_DATABASE) === 0) {
      removeDataDirs();
      for (const place of Object.values(places))
        Object.assign(place, { dir: newDataDir(), all: nothingAcknowledged() });
    }
    const victim = kill % 2 === 0 ? 'store' : 'agent';
    const { dir, all } = places[victim];
    const name = `k${kill}`;
    const result =
      victim === 'store'
        ? await killStore({ dir, name }, storeMoment(kill), all)
        : await killAgent({ demo, receiver }, { dir, name }, Math.random() * AGENT_WITHIN_MS, all);
    done.push(result);
    for (const finding of result.findings) process.stdout.write(`kill ${kill} (${victim}): ${finding}\n`);
    if (process.stderr.isTTY) process.stderr.write(`\r${kill + 1}/${kills}`);
  }
} finally {
  await demo.stop();
  await receiver.stop();
  removeDataDirs();
}

const sum = (list: readonly Kill[], of: (kill: Kill) => number) => list.reduce((total, kill) => total + of(kill), 0);
const line = (what: string, list: readonly Kill[]): string => {
  const clean = list.filter(({ findings }) => findings.length === 0).length;
  const inLog = list.filter(({ walBytes }) => walBytes > 0).length;
  const cells = [what, list.length, sum(list, (k) => k.enrolments), sum(list, (k) => k.acknowledged), inLog, clean];
  return `| ${cells.join(' | ')} |`;
};
const table = [
  '| killed | times | enrolments acknowledged | acknowledged in all | with an open log | all as it has to be |',
  '| --- | --- | --- | --- | --- | --- |',
  line(
    'storage, all kinds of writes',
    done.filter(({ victim }) => victim === 'store'),
  ),
  line(
    'agent, enrolments by HTTP',
    done.filter(({ victim }) => victim === 'agent'),
  ),
  line('both', done),
];
process.stdout.write(`${table.join('\n')}\n(${availableParallelism()} cores, node ${process.version})\n`);
process.exitCode = done.every(({ findings }) => findings.length === 0) ? 0 : 1;
