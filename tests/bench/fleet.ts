import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HpaListAnswer } from '../../agent/src/contract/hpas.ts';
import type { TimeslotsAnswer } from '../../agent/src/contract/timeslots.ts';
import { eventually, newDataDir, removeDataDirs, type AgentProcess } from '../rig/agent.ts';
import { decodingRows } from './fleet/decoding.ts';
import { judgingRows } from './fleet/judging.ts';
import { prepareDataDir, startAnswerer, type Fleet } from './fleet/prepare.ts';
import { cpuSecondsOf, loadAverage, memoryMbOf } from './fleet/process-cost.ts';
import { timedStart, type Start } from './fleet/starts.ts';

/** The first minutes compile the code and make up for the time since the data directory was prepared. */
const WARM_UP_MINUTES = 2;
const MINUTE_MS = 60_000;
/** After the run, each of an agent that was stopped in its scans. */
const FURTHER_STARTS = 4;

/** `data`: where the prepared data directory is, or is made and left for the next run of that day; null: in a directory that goes. */
type Options = Fleet & { minutes: number; nodeFlags: string[]; data: string | null };

function optionsOf(args: readonly string[]): Options {
  const options: Options = { hpas: 10_000, clusters: 100, minutes: 5, nodeFlags: [], data: null };
  for (const arg of args) {
    const [, name, value = ''] = /^--(hpas|clusters|minutes|node|data)=(.+)$/.exec(arg) ?? [];
    if (name === 'node') options.nodeFlags.push(value);
    else if (name === 'data') options.data = value;
    else if (name === 'hpas' || name === 'clusters' || name === 'minutes') options[name] = Number(value);
    else
      throw new RangeError(
        `no such option: ${arg}; there are --hpas=N --clusters=N --minutes=N --node=FLAG --data=DIR`,
      );
  }
  if (options.hpas % options.clusters !== 0)
    throw new RangeError('as many HPAs in each cluster: --hpas is no multiple of --clusters');
  return options;
}

/** The agent's own metrics by name; series of one name are added up. */
async function metricsOf(agent: AgentProcess): Promise<Map<string, number>> {
  const text = await (await fetch(`${agent.url}/metrics`, { headers: { authorization: agent.authorization } })).text();
  const sums = new Map<string, number>();
  for (const [, name = '', labels = '', value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    const result = /result="(\w+)"/.exec(labels)?.[1];
    const key = result === undefined ? name : `${name} ${result}`;
    sums.set(key, (sums.get(key) ?? 0) + Number(value));
  }
  return sums;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** A page of 100 of the fleet list, and the time of it. */
async function page(agent: AgentProcess, query = ''): Promise<{ body: HpaListAnswer; ms: number }> {
  const startedAt = performance.now();
  const { body } = await agent.api<HpaListAnswer>('GET', `/api/v1/monitoring/hpas?limit=100${query}`);
  return { body, ms: performance.now() - startedAt };
}

/** Every page of the fleet list once: the time of each, ms. */
async function listTimes(agent: AgentProcess): Promise<number[]> {
  const times: number[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body, ms } = await page(agent, cursor && `&cursor=${cursor}`);
    times.push(ms);
    cursor = body.next_cursor;
  }
  return times;
}

/** The first page after nobody asked for so long, and what the agent works meanwhile. */
async function afterSilence(agent: AgentProcess, seconds: number): Promise<{ ms: number; cores: number }> {
  const cpuBefore = cpuSecondsOf(agent.pid);
  await sleep(seconds * 1_000);
  const cores = (cpuSecondsOf(agent.pid) - cpuBefore) / seconds;
  return { ms: (await page(agent, '&sort=-cpu')).ms, cores };
}

/** Stops the agent when the scans of a slot have just begun; how long that takes, ms. */
async function stopAmidScans(agent: AgentProcess): Promise<number> {
  try {
    await eventually('scans are running', 2 * MINUTE_MS, async () => {
      const { body } = await agent.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots');
      return body.slots.some(({ executing_since }) => executing_since !== null) ? true : null;
    });
  } catch (error) {
    await agent.stop();
    throw error;
  }
  return (await agent.stop()).ms;
}

/** The real agent as a process of its own, watching the fleet for some minutes. */
export async function bench(args: string[]): Promise<object[]> {
  const { hpas, clusters, minutes, nodeFlags, data } = optionsOf(args);
  const fleet = { hpas, clusters };
  const answerer = await startAnswerer(fleet);
  try {
    const dataDir = data ?? newDataDir();
    mkdirSync(dataDir, { recursive: true });
    if (!existsSync(join(dataDir, 'monitoring.db'))) await prepareDataDir(fleet, answerer, dataDir);
    const starts: Start[] = [];
    const startNext = async (): Promise<AgentProcess> => {
      const { agent, start } = await timedStart(fleet, answerer, dataDir, nodeFlags);
      starts.push(start);
      return agent;
    };
    const agent = await startNext();
    try {
      const firstPageMs = (await page(agent)).ms;
      const { body: slots } = await agent.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots');
      await sleep(WARM_UP_MINUTES * MINUTE_MS);
      const before = await metricsOf(agent);
      const [startedAt, cpuBefore] = [performance.now(), cpuSecondsOf(agent.pid)];
      const memory: number[] = [];
      const pages: number[] = [];
      const load: number[] = [];
      for (let minute = 0; minute < minutes; minute++) {
        const until = startedAt + (minute + 1) * MINUTE_MS;
        const listing = listTimes(agent);
        for (; performance.now() < until; await sleep(Math.max(0, Math.min(1_000, until - performance.now()))))
          memory.push(memoryMbOf(agent.pid).now);
        pages.push(...(await listing));
        load.push(loadAverage());
      }
      const seconds = (performance.now() - startedAt) / 1_000;
      const cpu = cpuSecondsOf(agent.pid) - cpuBefore;
      const after = await metricsOf(agent);
      const gained = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      const scans = gained('hpa_watch_scans_total ok');
      const after30s = await afterSilence(agent, 30);
      const after90s = await afterSilence(agent, 90);
      const memoryHighest = memoryMbOf(agent.pid).highest;
      const stops = [await stopAmidScans(agent)];
      while (starts.length <= FURTHER_STARTS) stops.push(await stopAmidScans(await startNext()));
      return [
        ...decodingRows(),
        ...(await judgingRows(fleet, dataDir)),
        {
          row: 'fleet',
          hpas,
          clusters,
          minutes,
          load: load.map((value) => round(value, 1)),
          cycle: slots.configuration.cycle_duration,
          scans,
          overruns: gained('hpa_watch_scans_total overrun'),
          failed: gained('hpa_watch_scans_total failed'),
          rows: gained('hpa_watch_rows_written_total'),
          requests_a_scan: round(gained('hpa_watch_prometheus_requests_total ok') / scans, 2),
          cpu_cores: round(cpu / seconds, 3),
          cpu_ms_an_hpa_minute: round((1_000 * cpu) / hpas / (seconds / 60), 3),
          memory_mb: round(percentile(memory, 0.5)),
          memory_highest_mb: round(memoryHighest),
          heap_mb: round((after.get('hpa_watch_nodejs_heap_size_used_bytes') ?? NaN) / 1e6),
          loop_p99_ms: round(1_000 * (after.get('hpa_watch_nodejs_eventloop_lag_p99_seconds') ?? NaN)),
          loop_max_ms: round(1_000 * (after.get('hpa_watch_nodejs_eventloop_lag_max_seconds') ?? NaN)),
          // The first one has the most minutes to make up for.
          start_listening_ms: starts.map(({ listening }) => listening),
          start_first_scan_ms: starts.map(({ firstScan }) => firstScan),
          // Of that, on the same cores.
          start_answers_ms: starts.map(({ answers }) => round(answers)),
          start_first_judged_ms: starts.map(({ firstJudged }) => firstJudged),
          stop_ms: stops.map((ms) => round(ms)),
          list_pages: pages.length,
          list_p50_ms: round(percentile(pages, 0.5), 1),
          list_p99_ms: round(percentile(pages, 0.99), 1),
          // The first one of all, once a scan is judged; the first ones, in another order, after nobody asked for a while.
          list_first_ms: round(firstPageMs, 1),
          list_after_30s_ms: round(after30s.ms, 1),
          list_after_90s_ms: round(after90s.ms, 1),
          cpu_cores_nobody_asks: round(after90s.cores, 3),
        },
      ];
    } finally {
      await agent.stop();
    }
  } finally {
    await answerer.stop();
    removeDataDirs();
  }
}
