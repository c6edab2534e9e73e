import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { floorTo, MINUTE } from '../../agent/src/core/clock.ts';
import { loadHistory, startPrometheus } from '../rig/prometheus.ts';
import { fleet, history, HISTORY_MS } from './rivals/fleet.ts';
import { costOfRules } from './rivals/rules.ts';
import { costOfScans } from './rivals/scans.ts';
import { round } from './rivals/usage.ts';

/** `--hpas=1000`. */
function hpasOf(args: readonly string[]): number {
  const wrong = args.filter((arg) => !/^--hpas=\d+$/.test(arg));
  if (wrong.length > 0) throw new RangeError(`no such option: ${wrong.join(', ')}`);
  return Number(args.at(-1)?.slice('--hpas='.length) ?? 1_000);
}

/**
 * What bands for a fleet cost by recording rules, and what they cost by our queries and the agent, against the same real Prometheus
 * with the same history; then what a script costs that asks of each HPA one by one.
 */
export async function bench(args: string[]): Promise<object[]> {
  const count = hpasOf(args);
  const hpas = fleet(count);
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-rivals-'));
  const data = join(dir, 'data');
  await mkdir(data);
  try {
    const now = floorTo(Date.now(), MINUTE);
    const span = { start: now - HISTORY_MS, end: now, stepMs: MINUTE };
    await loadHistory({ series: history(hpas, now), span }, dir, data, 162);
    const server = await startPrometheus({ data });
    const ours = await costOfScans(server, hpas, now + 20_000).finally(() => server.stop());
    const rules = await costOfRules(hpas, dir, data);
    const per1000 = (value: number): number => round((value * 1_000) / count, 3);
    const rulesCpu = rules.ruling.cpuPerRound - rules.scraping.cpuPerRound;
    const agentCpu = ours.scanCpu + ours.judgeCpu + ours.learnCpu;
    const smoothing = rules.rules.find(({ name }) => name === 'hpa_band:deviation_26h')?.seconds ?? NaN;
    return [
      {
        row: 'recording rules',
        hpas: count,
        load: loadavg().map((load) => round(load, 1)),
        cores: cpus().length,
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
        agent_scan_cpu_s_a_minute_per_1000: per1000(ours.scanCpu),
        agent_judge_cpu_s_a_minute_per_1000: per1000(ours.judgeCpu),
        agent_learn_cpu_s_a_minute_per_1000: per1000(ours.learnCpu),
      },
      {
        row: 'rules against ours',
        prometheus_cpu_ratio: round(rulesCpu / ours.serverCpu, 1),
        cpu_ratio_agent_included: round(rulesCpu / (ours.serverCpu + agentCpu), 1),
        prometheus_own_memory_ratio: round(
          (rules.ruling.ownMib - rules.scraping.ownMib) / (ours.serverOwnMib - ours.idleOwnMib),
          1,
        ),
        smoothing_share_of_evaluation: round(smoothing / rules.rules.reduce((sum, { seconds }) => sum + seconds, 0)),
      },
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
