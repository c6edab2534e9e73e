import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { floorTo, MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { loadHistory, startPrometheus } from '../rig/prometheus.ts';
import { fleet, history, HISTORY_MS } from './rivals/fleet.ts';
import { costOfLoops } from './rivals/loop.ts';
import { costOfRules, type RulesCost } from './rivals/rules.ts';
import { costOfScans, SAME_VALUES, type ScanCost } from './rivals/scans.ts';
import { round } from './rivals/usage.ts';

/** `--hpas=1000`, `--part=loop` or `--part=rules` alone. */
function optionsOf(args: readonly string[]): { count: number; parts: string[] } {
  const wrong = args.filter((arg) => !/^--(hpas=\d+|part=(loop|rules))$/.test(arg));
  if (wrong.length > 0) throw new RangeError(`no such option: ${wrong.join(', ')}`);
  const told = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  return { count: Number(told('hpas') ?? 1_000), parts: [told('part') ?? ['loop', 'rules']].flat() };
}

/** HPAs that the loop goes through. */
const LOOPED = 100;

/**
 * What bands for a fleet cost by recording rules, and what they cost by our queries and the agent, against the same real Prometheus
 * with the same history; and what a script costs that asks of each HPA one by one.
 */
export async function bench(args: string[]): Promise<object[]> {
  const { count, parts } = optionsOf(args);
  const hpas = fleet(count);
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-rivals-'));
  const data = join(dir, 'data');
  await mkdir(data);
  try {
    const now = floorTo(Date.now(), MINUTE);
    const span = { start: now - HISTORY_MS, end: now, stepMs: MINUTE };
    await loadHistory({ series: history(hpas, now), span }, dir, data, 162);
    const rows: object[] = [];
    if (parts.includes('loop')) {
      const server = await startPrometheus({ data });
      const begin = now - 20 * MINUTE + 20 * SECOND;
      rows.push(...(await costOfLoops(server, hpas.slice(0, LOOPED), begin).finally(() => server.stop())));
    }
    if (parts.includes('rules')) {
      const server = await startPrometheus({ data });
      const ours = await costOfScans(server, hpas, now + 20 * SECOND).finally(() => server.stop());
      rows.push(...againstRules(count, await costOfRules(hpas, dir, data), ours));
    }
    const load = loadavg().map((value) => round(value, 1));
    return rows.map((row) => ({ ...row, load, cores: cpus().length }));
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function againstRules(count: number, rules: RulesCost, ours: ScanCost): object[] {
  const per1000 = (value: number): number => round((value * 1_000) / count, 3);
  const rulesCpu = rules.ruling.cpuPerRound - rules.scraping.cpuPerRound;
  const agentCpu = ours.scanCpu + ours.judgeCpu + ours.learnCpu;
  const sameThree = SAME_VALUES.reduce((sum, name) => sum + (ours.queries[name] ?? NaN), 0);
  const smoothing = rules.rules.find(({ name }) => name === 'hpa_band:deviation_26h')?.seconds ?? NaN;
  return [
    {
      row: 'recording rules',
      hpas: count,
      scraping_cpu_s_a_minute_per_1000: per1000(rules.scraping.cpuPerRound),
      rules_cpu_s_a_minute_per_1000: per1000(rulesCpu),
      rules_resident_mib_per_1000: per1000(rules.ruling.residentMib - rules.scraping.residentMib),
      rules_own_mib_per_1000: per1000(rules.ruling.ownMib - rules.scraping.ownMib),
      rules_series_an_hpa: round((rules.ruling.series - rules.scraping.series) / count, 1),
      evaluation_s: rules.rules,
      missed_rounds: rules.missed,
    },
    {
      row: 'our queries and the agent',
      hpas: count,
      requests_a_minute: ours.requests,
      scan_ms: round(ours.scanMs),
      queries_cpu_s_a_minute_per_1000: per1000(ours.serverCpu),
      queries_own_mib_per_1000: per1000(ours.serverOwnMib - ours.idleOwnMib),
      queries_cpu_s: Object.fromEntries(Object.entries(ours.queries).map(([name, cpu]) => [name, round(cpu, 3)])),
      agent_scan_cpu_s_a_minute_per_1000: per1000(ours.scanCpu),
      agent_judge_cpu_s_a_minute_per_1000: per1000(ours.judgeCpu),
      agent_learn_cpu_s_a_minute_per_1000: per1000(ours.learnCpu),
    },
    {
      row: 'rules against ours',
      prometheus_cpu_ratio: round(rulesCpu / ours.serverCpu, 1),
      cpu_ratio_agent_included: round(rulesCpu / (ours.serverCpu + agentCpu), 1),
      prometheus_cpu_ratio_same_three_values: round(rulesCpu / sameThree, 1),
      prometheus_own_memory_ratio: round(
        (rules.ruling.ownMib - rules.scraping.ownMib) / (ours.serverOwnMib - ours.idleOwnMib),
        1,
      ),
      smoothing_share_of_evaluation: round(smoothing / rules.rules.reduce((sum, { seconds }) => sum + seconds, 0)),
    },
  ];
}
