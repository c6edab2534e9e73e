import { HOUR, MINUTE, SECOND, sleep } from '../../agent/src/core/clock.ts';
import type { HpaListAnswer } from '../../agent/src/contract/api.ts';
import { newDataDir, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { fastClock, paced, plainTime, type FastTime } from '../rig/fast-clock.ts';
import { startFleetChild, type FleetChild } from '../rig/fleet-child.ts';
import { startHttpReceiver, type HttpReceiver } from '../rig/http-receiver.ts';
import { sumsBy } from '../rig/process-facts.ts';
import { startLife, type LifeCounts } from './life.ts';
import { countMinutes, type StoredMinutes } from './minutes.ts';
import { kept, leastAtRest, type AtRest, type Rest } from './rest.ts';
import { startSampling, type SoakRow } from './sampling.ts';

export type SoakOptions = {
  /** Simulated. */
  hours: number;
  hpas: number;
  clusters: number;
  /** Simulated seconds in one of the machine's. */
  speed: number;
  /** Where scans are late it runs slower, but not slower than this; absent: it does not. */
  slowest?: number;
  seed: number;
  onRow?: (row: SoakRow) => void;
};

export type SoakResult = {
  rows: SoakRow[];
  minutes: StoredMinutes;
  /** Cluster scans by result. */
  scans: Record<string, number>;
  /** Attempts to notify by result, and deliveries that the receiver took. */
  notifications: Record<string, number>;
  taken: number;
  life: LifeCounts;
  /** With nobody connected, before the first hour and after the last. */
  rest: Rest;
  exit: { code: number | null; ms: number };
  /** Lines of the log at level warn and above, by what they say. */
  complaints: Record<string, number>;
  wallMs: number;
};

type Rig = { agent: AgentProcess; fleet: FleetChild; receiver: HttpReceiver; time: FastTime; atRest: AtRest };

/** HPAs that come and go. */
const COMERS = 6;
const SAMPLE_EVERY_MS = 10 * MINUTE;
/** Minutes are looked at when whatever was out of reach has been asked for again, and before retention makes fewer of them. */
const LOOKED_AT_AFTER_MS = 45 * MINUTE;
/** By the machine's clock. */
const LAST_SCANS_WITHIN_MS = 20 * SECOND;
/** By the machine's clock. What the collection of histories kept open is closed within it. */
const REST_BEFORE_MS = 15 * SECOND;
/** A connection that is kept for a next call ends sooner. */
const REST_AFTER_MS = 75 * SECOND;
/** Of the scans between two samples. */
const MOST_LATE = 0.2;
/** One delivery in so many is refused once. */
const REFUSED = 10;
/** Histories are made and collected at the machine's own pace, an HPA within so long. */
const COLLECTED_WITHIN_MS = 60 * SECOND;
const COLLECTED_WITHIN_AN_HPA_MS = SECOND;

/** Numbers from 0 to 1, the same for a seed. https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

/** Runs the built agent for so many simulated hours with everything that happens in them, and tells what it held meanwhile. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
  const { hpas, clusters, speed, seed } = options;
  const startedAt = Date.now();
  const stops: (() => Promise<unknown>)[] = [];
  try {
    const fleet = await startFleetChild({ seed, clusters, hpasPerCluster: Math.ceil(hpas / clusters) });
    stops.push(() => fleet.stop());
    const receiver = await startHttpReceiver((n) => (n % REFUSED === REFUSED - 1 ? 503 : 200));
    stops.push(() => receiver.stop());
    const agent = await startAgentProcess(settingsFor(fleet, receiver), 0, [], [], true);
    stops.push(() => agent.kill());
    for (const { name } of fleet.clusters)
      await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true });
    await untilCollected(agent, Date.now() + COLLECTED_WITHIN_MS + hpas * COLLECTED_WITHIN_AN_HPA_MS);
    const atRest = await leastAtRest(agent, REST_BEFORE_MS);
    const time = paced(plainTime(), speed);
    agent.follow(time);
    await fleet.follow(time);
    return { ...(await live({ agent, fleet, receiver, time, atRest }, options)), wallMs: Date.now() - startedAt };
  } finally {
    for (const stop of stops.reverse()) await stop();
  }
}

const settingsFor = (fleet: FleetChild, receiver: HttpReceiver) => ({
  dataDir: newDataDir(),
  clusters: fleet.clusters.map(({ name, url }) => ({ name, prometheusUrl: url, timeout: '5m' })),
  lanes: 'auto',
  // Short, so that the tables are as large after some hours as they ever get.
  retention: { minutes: '6h', total: '3d' },
  notify: [{ type: 'webhook', url: receiver.url, minSeverity: 'info', timeout: '1m' }],
});

async function live(rig: Rig, options: SoakOptions): Promise<Omit<SoakResult, 'wallMs'>> {
  const { agent, fleet, receiver, time, atRest } = rig;
  const { hours, seed, onRow } = options;
  const clock = fastClock(time);
  const begin = time.start;
  const end = begin + hours * HOUR;
  const all = fleet.clusters.flatMap(({ name, hpas }) => hpas.map((hpa) => ({ cluster: name, ...hpa })));
  const steady = all.slice(0, -COMERS);
  const metrics = async (): Promise<string> => {
    const answer = await fetch(`${agent.url}/metrics`, { headers: { authorization: agent.authorization } });
    return answer.text();
  };

  let pace = time;
  let before = { late: 0, all: 0 };
  /** A machine that is busy with other things needs more of its time for the same hours. */
  const slowDown = async () => {
    const scans = sumsBy(await metrics(), 'hpa_watch_scans_total', 'result');
    const seen = { late: scans['overrun'] ?? 0, all: Object.values(scans).reduce((sum, count) => sum + count, 0) };
    const isLate = seen.late - before.late > MOST_LATE * (seen.all - before.all);
    before = seen;
    if (!isLate || pace.speed <= (options.slowest ?? pace.speed)) return;
    pace = paced(pace, Math.max(options.slowest ?? 0, pace.speed / 2));
    clock.follow(pace);
    agent.follow(pace);
    await fleet.follow(pace);
  };

  const rows: SoakRow[] = [];
  const minutes: StoredMinutes = { wanted: 0, stored: 0, missing: [] };
  let lookedUntil = begin;
  const looked = (to: number) => countMinutes(agent, steady, fleet, { from: lookedUntil, to });
  const lookUntil = (to: number) => {
    const found = looked(to);
    minutes.wanted += found.wanted;
    minutes.stored += found.stored;
    minutes.missing.push(...found.missing);
    lookedUntil = to;
  };
  const watch = async () => {
    const sample = startSampling(agent, metrics);
    for (let due = begin + SAMPLE_EVERY_MS; due <= end; due += SAMPLE_EVERY_MS) {
      await sleep(clock, due - clock.now());
      const row = await sample((clock.now() - begin) / HOUR);
      rows.push(row);
      onRow?.(row);
      await slowDown();
      if (clock.now() - lookedUntil > HOUR + LOOKED_AT_AFTER_MS) lookUntil(lookedUntil + HOUR);
    }
  };

  await sleep(clock, begin - clock.now());
  const outages = [0.25, 0.6].map((part) => begin + part * hours * HOUR);
  const life = startLife({
    agent,
    fleet,
    clock,
    random: randomFrom(seed),
    steady,
    comers: all.slice(-COMERS),
    outages,
  });
  try {
    await Promise.race([watch(), life.failed]);
  } finally {
    await life.stop();
  }
  const last = clock.now() - 2 * MINUTE;
  const giveUpAt = Date.now() + LAST_SCANS_WITHIN_MS;
  do await sleep(clock, MINUTE);
  while (looked(last).missing.length > 0 && Date.now() < giveUpAt);
  lookUntil(last);
  const text = await metrics();
  const taken = receiver.received.filter(({ status }) => status === 200).length;
  const unhurried = paced(pace, 1);
  agent.follow(unhurried);
  await fleet.follow(unhurried);
  const after = await leastAtRest(agent, REST_AFTER_MS, (least) => {
    const { fds, handles } = kept({ before: atRest, after: least });
    return fds <= 0 && handles <= 0;
  });
  const exit = await agent.stop();
  return {
    rows,
    minutes,
    scans: sumsBy(text, 'hpa_watch_scans_total', 'result'),
    notifications: sumsBy(text, 'hpa_watch_notifications_total', 'result'),
    taken,
    life: life.counts,
    rest: { before: atRest, after },
    exit,
    complaints: complaintsIn(agent.log()),
  };
}

function complaintsIn(log: readonly Record<string, unknown>[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { level, msg } of log) {
    if (level !== 'warn' && level !== 'error' && level !== 'fatal') continue;
    const text = `${level}: ${String(msg)}`;
    counts[text] = (counts[text] ?? 0) + 1;
  }
  return counts;
}

/** Every HPA has tried for its history. */
async function untilCollected(agent: AgentProcess, giveUpAt: number): Promise<void> {
  for (;;) {
    const { hpas } = (await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=1000')).body;
    const isOver = hpas.every(({ baseline: { state } }) => state !== 'queued' && state !== 'running');
    if (hpas.length > 0 && isOver) return;
    if (Date.now() > giveUpAt) throw new Error('the histories were not collected in time: this machine is too busy');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
