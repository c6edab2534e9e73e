import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { learn } from '../../agent/src/baseline/hpa-profile.ts';
import { unknownHpa } from '../../agent/src/collect/detection-memory.ts';
import { learnDue } from '../../agent/src/collect/learn-profiles.ts';
import { createLearningThread } from '../../agent/src/collect/learning-thread.ts';
import { DAY, floorTo, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { backtest } from '../../agent/src/detect/backtest.ts';
import { KEY, MONDAY, story } from '../../agent/src/detect/hpa-story.fixture.ts';
import { DEFAULT_LIMITS } from '../../agent/src/detect/limits.ts';
import { newJudgeState } from '../../agent/src/detect/memory.ts';
import { QUEUED_BASELINE } from '../../agent/src/domain/baseline.ts';
import type { Sample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import { CLUSTER, noDeadline } from '../rig/collect-rig.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { startPrometheus } from '../rig/prometheus.ts';
import { startWatching, type WatchingRig } from '../rig/watching-rig.ts';
import { costOf, type Cost } from './process-time.ts';

const HPAS = 1_000;
const MINUTES = 15;
const END = Date.UTC(2026, 9, 7, 12, 2, 20);
/** Of the first judged minutes, which compile the code: not counted. */
const WARM_UP = 3;
const STEP_MS = 5 * MINUTE;

const hpa = (index: number): HandMadeHpa => ({
  namespace: `team-${index % 8}`,
  hpa: `service-${index}`,
  kind: 'Deployment',
  target: `service-${index}`,
  pods: 1,
  containers: [{ name: 'app', cores: 0.2, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 }],
});

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
const round = (value: number, digits = 0): number => Number(value.toFixed(digits));

/** Everything is usual: a profile of three days like the minutes that were scanned. */
export async function learnUsual({ rig, hpas, detection }: WatchingRig, now: number): Promise<void> {
  const last = floorTo(now, STEP_MS);
  const states = [];
  for (const { id, namespace, hpa: name } of hpas) {
    const [seen] = (await rig.series(namespace, name, now - 10 * MINUTE, now)).slice(-1);
    const days = Array.from({ length: 864 }, (_, i): Sample => ({ ...(seen as Sample), ts: last - i * STEP_MS }));
    const profile = { learnedAt: now, profile: learn(days.reverse(), { timezone: 'UTC' }) };
    const state = JSON.stringify({ judge: newJudgeState(), anomalies: [] });
    states.push({ hpaId: id, state, profile: JSON.stringify(profile), updatedAt: now });
  }
  await rig.store.saveDetectorState(states);
  const status = { ...QUEUED_BASELINE, state: 'ready' as const, attempts: 1, readyAt: now };
  await rig.store.saveBaseline(hpas.map(({ id }) => ({ hpaId: id, status })));
  const known = await detection.profileOf({ id: hpas[0]?.id ?? 0, cluster: CLUSTER });
  if (known?.cpu === undefined || known.demand === undefined) throw new Error('nothing is known to be usual');
}

/** A thousand HPAs, scanned from a real Prometheus and judged, minute after minute and after an hour of outage. */
async function benchLive(): Promise<object[]> {
  const hpas = Array.from({ length: HPAS }, (_, i) => hpa(i));
  const span = { start: END - 3.2 * HOUR - (END % MINUTE), end: END, stepMs: MINUTE };
  const prometheus = await startPrometheus({ history: { series: hpas.flatMap(seriesOf), span } });
  try {
    const begin = END - 2 * HOUR;
    const watching = await startWatching({ url: prometheus.url, now: begin, hpas, backfill: false });
    try {
      const { rig, detection } = watching;
      const scan = () => rig.collector.scan(rig.session, noDeadline());
      const judge = () => detection.afterScan(CLUSTER);
      await scan();
      await learnUsual(watching, begin);
      await judge();
      const scans: Cost[] = [];
      const judged: Cost[] = [];
      for (let minute = 1; minute <= MINUTES + WARM_UP; minute++) {
        watching.setNow(begin + minute * MINUTE);
        const cost = await costOf(scan);
        const after = await costOf(judge);
        if (minute <= WARM_UP) continue;
        scans.push(cost);
        judged.push(after);
      }
      const firing = detection.firing().length;
      watching.setNow(END);
      const outageScan = await costOf(scan);
      const outage = await costOf(judge);
      const each = (costs: readonly Cost[], of: keyof Cost) => median(costs.map((cost) => cost[of]));
      const minutes = Math.round((END - begin) / MINUTE) - MINUTES - WARM_UP;
      return [
        {
          row: 'live',
          hpas: HPAS,
          minutes: MINUTES,
          scan_ms: round(each(scans, 'ms')),
          scan_cpu_ms: round(each(scans, 'cpuMs')),
          judge_ms: round(each(judged, 'ms')),
          judge_cpu_ms: round(each(judged, 'cpuMs')),
          judge_cpu_worst_ms: round(Math.max(...judged.map(({ cpuMs }) => cpuMs))),
          of_scan_time: round(each(judged, 'ms') / each(scans, 'ms'), 2),
          of_scan_cpu: round(each(judged, 'cpuMs') / each(scans, 'cpuMs'), 2),
          usual_stall_ms: round(each(judged, 'longestStallMs')),
          longest_stall_ms: round(Math.max(...judged.map(({ longestStallMs }) => longestStallMs))),
          firing,
          wanted_cpu_ms: 1_000,
        },
        {
          row: 'after an outage',
          hpas: HPAS,
          minutes,
          scan_ms: round(outageScan.ms),
          judge_ms: round(outage.ms),
          judge_cpu_ms: round(outage.cpuMs),
          longest_stall_ms: round(outage.longestStallMs),
          firing: detection.firing().length,
        },
      ];
    } finally {
      await watching.close();
    }
  } finally {
    await prometheus.stop();
  }
}

/** Ten days of one HPA by the minute, its profile learned anew each day: one core, this thread alone. */
function benchBacktest(): object {
  const samples = story(240);
  const run = () =>
    backtest(samples, {
      key: KEY,
      target: null,
      timezone: 'UTC',
      limits: DEFAULT_LIMITS,
      metric: 'cpu',
      learn: (history) => learn(history, { timezone: 'UTC' }),
    });
  const times = Array.from({ length: 3 }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  return {
    row: 'backtest',
    days: (samples.length * MINUTE) / DAY,
    first_ms: round(times[0] ?? NaN),
    again_ms: round(Math.min(...times)),
    us_a_minute: round((1_000 * Math.min(...times)) / samples.length, 1),
    wanted_ms: 2_000,
  };
}

/** Four weeks of an HPA (a week by the minute, the rest each five) from the store to its kept profile, one HPA after the other. */
async function benchLearning(): Promise<object> {
  const now = MONDAY + 28 * DAY;
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-bench-'));
  const store = await openSqliteStore({ path: join(dir, 'monitoring.db'), now: () => now });
  const thread = createLearningThread();
  try {
    const keys = Array.from({ length: 20 }, (_, i) => ({ cluster: CLUSTER, namespace: 'n', hpa: `h${i}` }));
    const enrolled = await store.enrol(keys, now);
    const hpas = enrolled.map(({ hpa: { baseline, ...rest } }) => ({
      ...rest,
      baseline: { ...baseline, readyAt: now },
    }));
    const month = story(28 * 24, undefined, MONDAY).filter(({ ts }) => ts > now - 7 * DAY || ts % STEP_MS === 0);
    for (const { id } of hpas)
      await store.writeSamples({ now, isBaseline: false, samples: [{ hpaId: id, samples: month }] });
    const startedAt = performance.now();
    learn(month, { timezone: 'UTC' });
    const inlineMs = performance.now() - startedAt;
    await thread.learn(month, { timezone: 'UTC' });
    const watched = new Map(hpas.map(({ id }) => [id, unknownHpa()]));
    const cost = await costOf(() =>
      learnDue({ store, learn: thread.learn, isHalted: () => false }, hpas, watched, now),
    );
    const learned = [...watched.values()].filter(({ learnedAt }) => learnedAt !== null).length;
    return {
      row: 'learning',
      samples: month.length,
      learned,
      ms_an_hpa: round(cost.ms / learned),
      ms_on_this_thread: round(inlineMs),
      longest_stall_ms: round(cost.longestStallMs),
      wanted_stall_ms: 50,
    };
  } finally {
    await thread.close();
    await store.close();
    await rm(dir, { recursive: true });
  }
}

export async function bench(args: string[]): Promise<object[]> {
  if (args.length > 0) throw new RangeError(`no such option: ${args.join(', ')}`);
  return [benchBacktest(), await benchLearning(), ...(await benchLive())];
}
