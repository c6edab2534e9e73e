import { learn } from '../../../agent/src/baseline/hpa-profile.ts';
import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';
import { MONDAY, story } from '../../../agent/src/detect/hpa-story.fixture.ts';
import { CLUSTER, noDeadline, recording } from '../../rig/collect-rig.ts';
import type { RangeQuery } from '../../../agent/src/prometheus/prometheus.ts';
import type { HandMadeHpa } from '../../rig/hand-made-hpa.ts';
import type { RealPrometheus } from '../../rig/prometheus.ts';
import { startWatching } from '../../rig/watching-rig.ts';
import { bareRange } from '../backfill/bare.ts';
import { learnUsual } from '../detection-live.ts';
import { metricOf, ownCpu, ownMemoryMib } from './usage.ts';

const MINUTES = 12;
const WARM_UP = 3;
/** Learning takes so many rows in: seven days by the minute and three weeks by 5 minutes. */
const STEP_MS = 5 * MINUTE;
const MINUTES_A_DAY = 1_440;

export type ScanCost = {
  /** CPU seconds a minute: of the server for our queries, of the agent for scanning, judging and its share of learning. */
  serverCpu: number;
  scanCpu: number;
  judgeCpu: number;
  learnCpu: number;
  serverResidentMib: number;
  serverOwnMib: number;
  idleOwnMib: number;
  requests: number;
  scanMs: number;
  /** CPU seconds of the server for each query alone, by its name. */
  queries: Record<string, number>;
};

/** What gives the three values that the rules are about; the other queries bring columns that the rules do not have. */
export const SAME_VALUES = ['metrics', 'replicas', 'memory'];

/** The fleet scanned and judged minute by minute up to `end`, as the agent does, against a server that does nothing else. */
export async function costOfScans(
  server: RealPrometheus,
  hpas: readonly HandMadeHpa[],
  end: number,
): Promise<ScanCost> {
  const begin = end - (MINUTES + WARM_UP + 1) * MINUTE;
  const idleOwnMib = ownMemoryMib(server.pid);
  const watching = await startWatching({ url: server.url, now: begin, hpas, backfill: false });
  const { rig, detection } = watching;
  const sum = { server: 0, scan: 0, judge: 0, ms: 0, requests: 0 };
  let [residentMib, ownMib] = [0, 0];
  const { prometheus, ranges } = recording(rig.prometheus);
  try {
    const scan = async () => {
      ranges.length = 0;
      const outcome = await rig.collector.scan({ ...rig.session, prometheus }, noDeadline());
      if (outcome.result !== 'ok') throw outcome.error ?? new Error(outcome.result);
      return outcome.requests;
    };
    await scan();
    await learnUsual(watching, begin);
    await detection.afterScan(CLUSTER);
    for (let minute = 1; minute <= MINUTES + WARM_UP; minute += 1) {
      watching.setNow(begin + minute * MINUTE);
      const [server0, own0, at0] = [
        await metricOf(server.url, 'process_cpu_seconds_total'),
        ownCpu(),
        performance.now(),
      ];
      const requests = await scan();
      const [own1, at1] = [ownCpu(), performance.now()];
      const server1 = await metricOf(server.url, 'process_cpu_seconds_total');
      const own2 = ownCpu();
      await detection.afterScan(CLUSTER);
      const own3 = ownCpu();
      residentMib = Math.max(residentMib, (await metricOf(server.url, 'process_resident_memory_bytes')) / 1_048_576);
      ownMib = Math.max(ownMib, ownMemoryMib(server.pid));
      if (minute <= WARM_UP) continue;
      sum.server += server1 - server0;
      sum.scan += own1 - own0;
      sum.judge += own3 - own2;
      sum.ms += at1 - at0;
      sum.requests += requests;
    }
  } finally {
    await watching.close();
  }
  return {
    serverCpu: sum.server / MINUTES,
    scanCpu: sum.scan / MINUTES,
    judgeCpu: sum.judge / MINUTES,
    learnCpu: (hpas.length * learningCpu()) / MINUTES_A_DAY,
    serverResidentMib: residentMib,
    serverOwnMib: ownMib,
    idleOwnMib,
    requests: sum.requests / MINUTES,
    scanMs: sum.ms / MINUTES,
    queries: await costOfEach(server.url, ranges),
  };
}

const TIMES = 10;

async function costOfEach(url: string, ranges: readonly RangeQuery[]): Promise<Record<string, number>> {
  const costs: Record<string, number> = {};
  for (const range of ranges) {
    const [, name = ''] = /^# hpa-watch (\S+)/.exec(range.query) ?? [];
    const before = await metricOf(url, 'process_cpu_seconds_total');
    for (let i = 0; i < TIMES; i += 1) await bareRange(url, range);
    costs[name] = ((await metricOf(url, 'process_cpu_seconds_total')) - before) / TIMES;
  }
  return costs;
}

/** CPU seconds of learning four weeks of one HPA, once a day. */
function learningCpu(): number {
  const month = story(28 * 24, undefined, MONDAY);
  const now = month.at(-1)?.ts ?? 0;
  const rows = month.filter(({ ts }) => ts > now - 7 * DAY || ts % STEP_MS === 0);
  const times = 5;
  learn(rows, { timezone: 'UTC' });
  const before = ownCpu();
  for (let i = 0; i < times; i += 1) learn(rows, { timezone: 'UTC' });
  return (ownCpu() - before) / times;
}
