import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HpaListAnswer, TimeslotsAnswer } from '../../agent/src/contract/api.ts';
import { parseDuration } from '../../agent/src/core/duration.ts';
import { eventually, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { startFleetChild, type FleetChild } from '../rig/fleet-child.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { metricSums, processFacts } from '../rig/process-facts.ts';
import { createReadMix } from '../rig/read-mix.ts';
import { startStubChild } from '../rig/stub-child.ts';
import { hearScans, runLoad, type LoadOutcome, type ScanSeen } from './load/open-loop.ts';
import { LATE_START_MS, punctualityOf, type Punctuality, type SlotSeen } from './load/punctuality.ts';

type Options = { rate: number; seconds: number; clusters: number; hpas: number; tunnels: number; nodeFlags: string[] };

const COLLECTED_WITHIN_MS = 300_000;
/** The first minutes compile the code. */
const SETTLED_AFTER_MS = 60_000;

function optionsOf(args: readonly string[]): Options {
  const options: Options = { rate: 200, seconds: 60, clusters: 10, hpas: 500, tunnels: 4, nodeFlags: [] };
  for (const arg of args) {
    const [, name, value = ''] = /^--(rate|seconds|clusters|hpas|tunnels|node)=(.+)$/.exec(arg) ?? [];
    if (name === 'node') options.nodeFlags.push(value);
    else if (name === 'rate' || name === 'seconds' || name === 'clusters' || name === 'hpas' || name === 'tunnels')
      options[name] = Number(value);
    else
      throw new RangeError(
        `no such option: ${arg}; there are --rate=N --seconds=N --clusters=N --hpas=N --tunnels=N --node=FLAG`,
      );
  }
  return options;
}

const percentile = (values: readonly number[], share: number): number =>
  [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? NaN;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));
const times = (ms: readonly number[]) => ({
  p50_ms: round(percentile(ms, 0.5)),
  p99_ms: round(percentile(ms, 0.99)),
  max_ms: round(Math.max(...ms)),
});

type Span = { cpuCores: number; loopP99Ms: number; rssMb: number; scans: ScanSeen[] };

/** Runs `work` and tells what the agent spent and which scans it made meanwhile. */
async function during(agent: AgentProcess, heard: readonly ScanSeen[], work: () => Promise<unknown>): Promise<Span> {
  const metrics = async () =>
    metricSums(await (await fetch(`${agent.url}/metrics`, { headers: { authorization: agent.authorization } })).text());
  // Reading them begins the delay of the event loop anew.
  await metrics();
  const first = heard.length;
  const cpu = processFacts(agent.pid).cpuMs;
  const startedAt = performance.now();
  await work();
  const facts = processFacts(agent.pid);
  const cpuCores = (facts.cpuMs - cpu) / (performance.now() - startedAt);
  const loopP99Ms = ((await metrics()).get('hpa_watch_nodejs_eventloop_lag_p99_seconds') ?? NaN) * 1_000;
  return { cpuCores, loopP99Ms, rssMb: facts.rssBytes / 1e6, scans: heard.slice(first) };
}

const durations = (scans: readonly ScanSeen[]): number[] => scans.map(({ startedAt, endedAt }) => endedAt - startedAt);

/** The longest way from one start of a cluster's scan to the next: a cycle, one of them late, and what has not ended is not heard of yet. */
const mostGapMs = (cycleMs: number, scans: readonly ScanSeen[]): number =>
  cycleMs + LATE_START_MS + Math.max(0, ...durations(scans));

const inMs = (duration: string): number => parseDuration(duration) ?? NaN;

/** Every slot from the cycle of `answer` to `to`: the plan does not change while no cluster comes or goes. */
function slotsWithin({ configuration, current_cycle, clusters }: TimeslotsAnswer, to: number): SlotSeen[] {
  const [slotMs, cycleMs] = [inMs(configuration.slot_duration), inMs(configuration.cycle_duration)];
  const slots: SlotSeen[] = [];
  for (let cycle = Date.parse(current_cycle?.started_at ?? ''); cycle < to; cycle += cycleMs)
    for (const { cluster, slot_index } of clusters) {
      const start = cycle + (slot_index ?? NaN) * slotMs;
      slots.push({ clusters: [cluster], start, end: start + slotMs });
    }
  return slots;
}

type Schedule = { slotMs: number; cycleMs: number; punctuality: Punctuality };

function scanRow(
  quiet: Span,
  loaded: Span,
  { clusters, hpas, tunnels }: Options,
  { slotMs, cycleMs, punctuality }: Schedule,
): object {
  const { lateMs, lateStarts, withoutScan, longestGapMs } = punctuality;
  const isPunctual =
    lateMs.length > 0 && lateStarts === 0 && withoutScan === 0 && longestGapMs <= mostGapMs(cycleMs, loaded.scans);
  const of = (result: string) => loaded.scans.filter((scan) => scan.result === result).length;
  const unseen = clusters - new Set(loaded.scans.map(({ cluster }) => cluster)).size;
  return {
    bench: 'scans under load',
    hpas,
    clusters,
    through_kubectl: tunnels,
    scans: loaded.scans.length,
    overrun: of('overrun'),
    failed: of('failed'),
    clusters_not_scanned: unseen,
    slot_ms: slotMs,
    starts: lateMs.length,
    start_late_p99_ms: round(percentile(lateMs, 0.99)),
    start_late_max_ms: round(Math.max(...lateMs)),
    late_starts: lateStarts,
    slots_without_scan: withoutScan,
    cycle_ms: cycleMs,
    longest_gap_ms: round(longestGapMs, 0),
    ...times(durations(loaded.scans)),
    quiet_p50_ms: round(percentile(durations(quiet.scans), 0.5)),
    ratio: round(percentile(durations(loaded.scans), 0.5) / percentile(durations(quiet.scans), 0.5), 2),
    ok: of('ok') === loaded.scans.length && unseen === 0 && isPunctual,
  };
}

function loadRows({ routes, lateMs, broken }: LoadOutcome, { rate, seconds }: Options): object[] {
  const all = [...routes.values()].flatMap(({ ms }) => ms);
  const wrong = [...routes.values()].flatMap(({ statuses }) => [...statuses]).filter(([status]) => status >= 400);
  const perRoute = [...routes].map(([route, { ms, statuses, bytes }]) => ({
    bench: 'one route',
    route,
    calls: ms.length,
    not_modified: statuses.get(304) ?? 0,
    kb_each: round(bytes / ms.length / 1_000),
    ...times(ms),
  }));
  const total = {
    bench: 'all routes',
    rate,
    seconds,
    calls: all.length,
    failed: broken.length + wrong.reduce((sum, [, count]) => sum + count, 0),
    ...times(all),
    sent_late_p99_ms: round(percentile(lateMs, 0.99)),
    ok: broken.length === 0 && wrong.length === 0 && all.length === rate * seconds,
  };
  return [...perRoute.sort((a, b) => (a.route < b.route ? -1 : 1)), total];
}

async function withAgent<T>(options: Options, run: (agent: AgentProcess, fleet: FleetChild) => Promise<T>): Promise<T> {
  const { clusters, hpas, tunnels, nodeFlags } = options;
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-load-'));
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const fleet = await startFleetChild({ seed: 1, clusters, hpasPerCluster: Math.ceil(hpas / clusters) });
    stops.push(() => fleet.stop());
    const [tunnelled, direct] = [fleet.clusters.slice(0, tunnels), fleet.clusters.slice(tunnels)];
    const stub = await startStubChild({
      clusters: Object.fromEntries(
        tunnelled.map(({ name, port }) => [`${name}-admin`, { backend: { host: '127.0.0.1', port } }]),
      ),
    });
    stops.push(() => stub.stop());
    const kubeconfig = join(dir, 'kubeconfig');
    writeFileSync(kubeconfig, stub.kubeconfig);
    const kubectl = tunnels === 0 ? undefined : (await realKubectls()).at(-1)?.path;
    const agent = await startAgentProcess(
      {
        kubectl: { kubeconfig, ...(kubectl !== undefined && { path: kubectl }) },
        clusters: [
          ...tunnelled.map(({ name }) => ({ name })),
          ...direct.map(({ name, url }) => ({ name, prometheusUrl: url })),
        ],
        lanes: 'auto',
      },
      0,
      [],
      nodeFlags,
    );
    stops.push(() => agent.stop());
    return await run(agent, fleet);
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(dir, { recursive: true, force: true });
    removeDataDirs();
  }
}

/** The read API at a constant rate while the agent scans its clusters, against the same agent that nobody asks. */
export async function bench(args: string[]): Promise<object[]> {
  const options = optionsOf(args);
  const { rate, seconds, hpas } = options;
  return withAgent(options, async (agent, fleet) => {
    for (const { name } of fleet.clusters)
      await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true });
    await eventually(`history of ${hpas} HPAs`, COLLECTED_WITHIN_MS, async () => {
      const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=1&state=ready');
      return body.total >= hpas ? body : null;
    });
    await sleep(SETTLED_AFTER_MS);
    const { body: slots } = await agent.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots');
    const { slot_duration, cycle_duration } = slots.configuration;
    const heard = await hearScans(agent.url, agent.authorization);
    const from = Date.now();
    const quiet = await during(agent, heard.scans, () => sleep(seconds * 1_000));
    const mix = createReadMix({
      hpas: fleet.clusters.flatMap(({ name, hpas: own }) => own.map((hpa) => ({ cluster: name, ...hpa }))),
      random: Math.random,
      now: Date.now,
    });
    let outcome: LoadOutcome | null = null;
    const loaded = await during(agent, heard.scans, async () => {
      outcome = await runLoad({ ...agent, next: () => mix.next(), rate, seconds });
    });
    heard.stop();
    const to = Date.now();
    const punctuality = punctualityOf(slotsWithin(slots, to), heard.scans, {
      from,
      to,
      clusters: fleet.clusters.map(({ name }) => name),
    });
    const schedule = { slotMs: inMs(slot_duration), cycleMs: inMs(cycle_duration), punctuality };
    return [
      ...(outcome === null ? [] : loadRows(outcome, options)),
      scanRow(quiet, loaded, options, schedule),
      {
        bench: 'the agent under load',
        cpu_cores: round(loaded.cpuCores, 2),
        quiet_cpu_cores: round(quiet.cpuCores, 3),
        cpu_ms_a_call: round(((loaded.cpuCores - quiet.cpuCores) * 1_000) / rate, 2),
        loop_p99_ms: round(loaded.loopP99Ms),
        quiet_loop_p99_ms: round(quiet.loopP99Ms),
        rss_mb: round(loaded.rssMb, 0),
        quiet_rss_mb: round(quiet.rssMb, 0),
      },
    ];
  });
}
