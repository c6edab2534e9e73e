import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SECOND } from '../../../agent/src/core/clock.ts';
import { seriesOf, type HandMadeHpa } from '../../rig/hand-made-hpa.ts';
import { expositionAt } from '../../rig/openmetrics.ts';
import { startPrometheus, type RealPrometheus } from '../../rig/prometheus.ts';
import { metricOf, ownMemoryMib, round } from './usage.ts';

/** A minute of the rules passes in this time: scrapes and evaluations alike, so that a run takes minutes. */
const ROUND_SECONDS = 10;
/** Seasonal rules run each fifth round. */
const ROUNDS = 10;
const WARM_UP_ROUNDS = 3;

const RULES = new URL('./hpa-bands.rules.yml', import.meta.url);

export type ServerCost = { cpuPerRound: number; residentMib: number; ownMib: number; series: number };
export type RulesCost = {
  scraping: ServerCost;
  ruling: ServerCost;
  /** Seconds that the last evaluation of each rule took. */
  rules: { name: string; seconds: number }[];
  missed: number;
};

const seconds = (many: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, many * SECOND));

/** A server that scrapes the fleet, without and then with the rules, over the same data. */
export async function costOfRules(hpas: readonly HandMadeHpa[], dir: string, data: string): Promise<RulesCost> {
  const text = expositionAt(hpas.flatMap(seriesOf), Date.now());
  const exporter = createServer((_, response) => response.end(text));
  exporter.listen(0, '127.0.0.1');
  await once(exporter, 'listening');
  const targets = [{ job: 'fleet', address: `127.0.0.1:${(exporter.address() as AddressInfo).port}` }];
  const started = { data, targets, scrapeIntervalSeconds: ROUND_SECONDS };
  const rules = join(dir, 'rules.yml');
  await promisify(execFile)('promtool', ['check', 'rules', fileURLToPath(RULES)]);
  const written = await readFile(RULES, 'utf8');
  await writeFile(
    rules,
    written
      .replaceAll('interval: 1m', `interval: ${ROUND_SECONDS}s`)
      .replaceAll('interval: 5m', `interval: ${5 * ROUND_SECONDS}s`),
  );
  try {
    const scraping = await during(await startPrometheus(started), costPerRound);
    let told: RulesCost['rules'] = [];
    let missed = 0;
    const ruling = await during(await startPrometheus({ ...started, rules: [rules] }), async (server) => {
      const before = await metricOf(server.url, 'prometheus_rule_group_iterations_missed_total');
      const cost = await costPerRound(server);
      missed = (await metricOf(server.url, 'prometheus_rule_group_iterations_missed_total')) - before;
      told = await evaluationTimes(server.url);
      return cost;
    });
    return { scraping, ruling, rules: told, missed };
  } finally {
    exporter.closeAllConnections();
    exporter.close();
  }
}

async function during<T>(server: RealPrometheus, run: (server: RealPrometheus) => Promise<T>): Promise<T> {
  try {
    return await run(server);
  } finally {
    await server.stop();
  }
}

async function costPerRound({ url, pid }: RealPrometheus): Promise<ServerCost> {
  await seconds(WARM_UP_ROUNDS * ROUND_SECONDS);
  const before = await metricOf(url, 'process_cpu_seconds_total');
  let [residentMib, ownMib] = [0, 0];
  for (let second = 0; second < ROUNDS * ROUND_SECONDS; second += 2) {
    await seconds(2);
    residentMib = Math.max(residentMib, (await metricOf(url, 'process_resident_memory_bytes')) / 1_048_576);
    ownMib = Math.max(ownMib, ownMemoryMib(pid));
  }
  const cpu = (await metricOf(url, 'process_cpu_seconds_total')) - before;
  const series = await metricOf(url, 'prometheus_tsdb_head_series');
  return { cpuPerRound: cpu / ROUNDS, residentMib, ownMib, series };
}

type RulesAnswer = {
  data: { groups: { rules: { name: string; evaluationTime: number; health: string; lastError?: string }[] }[] };
};

async function evaluationTimes(url: string): Promise<RulesCost['rules']> {
  const { data } = (await (await fetch(`${url}/api/v1/rules`)).json()) as RulesAnswer;
  const rules = data.groups.flatMap((group) => group.rules);
  const sick = rules.find(({ health }) => health !== 'ok');
  if (sick) throw new Error(`the rule ${sick.name} is ${sick.health}: ${sick.lastError ?? ''}`);
  return rules.map(({ name, evaluationTime }) => ({ name, seconds: round(evaluationTime, 3) }));
}
