import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE, SECOND } from '../../agent/src/core/clock.ts';
import { AgentError } from '../../agent/src/core/errors.ts';
import { backfillWindow } from '../../agent/src/domain/window.ts';
import type { Prometheus } from '../../agent/src/prometheus/prometheus.ts';
import { noDeadline, recording, startCollectRig, type CollectRig } from '../rig/collect-rig.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

const NOW = Date.UTC(2026, 9, 7, 12, 2, 20);
const WINDOW = backfillWindow(NOW);
const app = { name: 'app', cores: 0.2, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 };
const base = { namespace: 'shop', kind: 'Deployment', pods: 1, containers: [app] };
/** The newest part of the window, in points. Prometheus looks back up to 5 min, so samples begin one step late. */
const newest = (points: number) => (at: number) => at > WINDOW.end - points * WINDOW.stepMs;

const whole: HandMadeHpa = { ...base, hpa: 'whole', target: 'whole' };
const points69: HandMadeHpa = { ...base, hpa: 'points-69', target: 'points-69', exists: newest(604) };
const points71: HandMadeHpa = { ...base, hpa: 'points-71', target: 'points-71', exists: newest(614) };
const dayOld: HandMadeHpa = { ...base, hpa: 'day-old', target: 'day-old', exists: newest(288) };
const atNight = (at: number) => at % DAY < 10 * HOUR;
const toZero: HandMadeHpa = { ...base, hpa: 'to-zero', target: 'to-zero', replicas: (at) => (atNight(at) ? 0 : 1) };
const all = [whole, points69, points71, dayOld];

const SMALL_SPAN = { start: NOW - 4 * HOUR - (NOW % MINUTE), end: NOW, stepMs: MINUTE };

let prometheus: RealPrometheus;
beforeAll(async () => {
  const zero = seriesOf(toZero).map((series) => ({
    ...series,
    // At zero replicas there are no pods, and the HPA controller switches itself off.
    value: (at: number) => {
      if (!atNight(at)) return series.value(at);
      if (series.labels.condition === 'ScalingActive') return series.labels.status === 'true' ? 0 : 1;
      return series.labels.pod || series.name.includes('_target_metric') ? null : series.value(at);
    },
  }));
  const series = [...all.flatMap(seriesOf), ...zero];
  const span = { start: WINDOW.start - 10 * MINUTE, end: NOW, stepMs: MINUTE };
  prometheus = await startPrometheus({ history: { series, span } });
}, 120_000);
afterAll(() => prometheus?.stop());

async function withRig(run: (rig: CollectRig) => Promise<void>, now = NOW, url = prometheus.url): Promise<void> {
  const rig = await startCollectRig(url, now);
  try {
    await run(rig);
  } finally {
    await rig.close();
  }
}

test('a full history is ready with 864 baseline rows and progress that rises to 100', () =>
  withRig(async (rig) => {
    await rig.enrol([whole]);
    expect(await rig.collector.backfill(rig.session, noDeadline())).toEqual({ finished: 1 });
    const status = await rig.baseline('shop', 'whole');
    expect(status).toMatchObject({ state: 'ready', progress: 100, coverage: 100, attempts: 1, readyAt: NOW });
    const rows = await rig.series('shop', 'whole', 0, NOW);
    expect(rows).toHaveLength(864);
    expect([rows[0]?.ts, rows.at(-1)?.ts]).toEqual([WINDOW.start, WINDOW.end]);
    expect(await rig.store.counts()).toMatchObject({ total: 864, baseline: 864 });
    const told = rig.events.flatMap((event) => (event.type === 'backfill' ? [event.progress] : []));
    expect(told.length).toBeGreaterThan(5);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(rig.collector.measuredBackfills('lab')).toEqual([{ hpas: 1, durationMs: expect.any(Number) }]);
  }));

test('coverage of 69 % is partial, of 71 % is ready, and one day of history is partial and retried in an hour', () =>
  withRig(async (rig) => {
    await rig.enrol(all);
    await rig.collector.backfill(rig.session, noDeadline());
    const [low, high, day] = await Promise.all([
      rig.baseline('shop', 'points-69'),
      rig.baseline('shop', 'points-71'),
      rig.baseline('shop', 'day-old'),
    ]);
    expect(Math.floor(low.coverage ?? 0)).toBe(69);
    expect(low.state).toBe('partial');
    expect(low.reason).toBe(
      'Values are there for replicas 69 %, CPU 69 % of the 3d asked for; a baseline needs 70 % of each.',
    );
    expect(Math.round(high.coverage ?? 0)).toBe(71);
    expect(high.state).toBe('ready');
    expect(day).toMatchObject({ state: 'partial', nextAttemptAt: NOW + HOUR, readyAt: null });
    const dueNow = await rig.store.dueBackfills('lab', NOW + HOUR - 1);
    const dueLater = await rig.store.dueBackfills('lab', NOW + HOUR);
    expect([dueNow.length, dueLater.length]).toEqual([0, 2]);
    const outcome = await rig.collector.scan(rig.session, noDeadline());
    expect(outcome).toMatchObject({ result: 'ok', hpas: 4, error: null });
    expect((await rig.series('shop', 'day-old', NOW - 3 * MINUTE, NOW)).at(-1)?.cpuCurrent).toBeGreaterThan(0);
  }));

test('an HPA at zero replicas for ten hours a day has whole coverage: no pods is data, not a gap', () =>
  withRig(async (rig) => {
    await rig.enrol([toZero]);
    await rig.collector.backfill(rig.session, noDeadline());
    const status = await rig.baseline('shop', 'to-zero');
    expect(status.state).toBe('ready');
    expect(status.columns.cpuCurrent).toBeGreaterThan(99);
    const rows = await rig.series('shop', 'to-zero', 0, NOW);
    const night = rows.filter(({ ts }) => atNight(ts) && ts % DAY > HOUR);
    expect(night.length).toBeGreaterThan(300);
    for (const row of night) {
      expect(row).toMatchObject({ replicasCurrent: 0, cpuCurrent: null, scalingActive: 0, cpuTarget: null });
    }
  }));

test('an HPA that this cluster does not have is partial with a sentence', () =>
  withRig(async (rig) => {
    await rig.enrol([{ namespace: 'shop', hpa: 'no-such' }]);
    await rig.collector.backfill(rig.session, noDeadline());
    expect(await rig.baseline('shop', 'no-such')).toMatchObject({
      state: 'partial',
      coverage: 0,
      reason:
        'Prometheus has no history of shop/no-such in the 3d asked for: kube-state-metrics there shows no HPA of this name.',
    });
  }));

test('an interrupted backfill goes on with the same window and asks for no stored piece again', () =>
  withRig(async (rig) => {
    // More than a few, so that the window is collected in pieces.
    const strangers = Array.from({ length: 10 }, (_, index) => ({ namespace: 'shop', hpa: `stranger-${index}` }));
    await rig.enrol([whole, ...strangers]);
    // The oldest day hangs; once the two newer ones are stored, the agent stops.
    const stopping = new AbortController();
    const hanging: Prometheus = {
      ...rig.prometheus,
      range: (query, signal) =>
        query.end > WINDOW.end - 2 * DAY
          ? rig.prometheus.range(query, signal)
          : new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error))),
    };
    rig.subscribe((event) => {
      if (event.type === 'backfill' && event.progress >= 67)
        stopping.abort(new AgentError('agent/stopping', 'stopping'));
    });
    await expect(
      rig.collector.backfill({ ...rig.session, prometheus: hanging }, stopping.signal),
    ).rejects.toMatchObject({ code: 'agent/stopping' });
    const between = await rig.baseline('shop', 'whole');
    expect(between).toMatchObject({ state: 'running', windowEnd: WINDOW.end, attempts: 1, progress: 67 });

    rig.setNow(NOW + 30 * MINUTE);
    const second = recording(rig.prometheus);
    await rig.collector.backfill({ ...rig.session, prometheus: second.prometheus }, noDeadline());
    expect(Math.max(...second.ranges.map(({ end }) => end))).toBe(WINDOW.end - 2 * DAY);
    expect(await rig.baseline('shop', 'whole')).toMatchObject({ state: 'ready', coverage: 100, attempts: 1 });
    expect(await rig.series('shop', 'whole', 0, NOW)).toHaveLength(864);
  }));

test('an outage of two hours is caught up: the newest hour in the scan, the rest as gaps, minute by minute', () =>
  withRig(async (rig) => {
    const start = NOW - 3 * HOUR;
    await rig.enrol([whole], start);
    rig.setNow(start + 2 * MINUTE);
    await rig.collector.scan(rig.session, noDeadline());
    rig.setNow(NOW);
    const outcome = await rig.collector.scan(rig.session, noDeadline());
    expect(outcome.result).toBe('ok');
    expect(await rig.store.openGaps('lab')).toEqual([]);
    const rows = await rig.series('shop', 'whole', 0, NOW);
    expect(rows).toHaveLength(181 + 55);
    expect(rows.every(({ cpuCurrent, replicasCurrent }) => cpuCurrent !== null && replicasCurrent === 1)).toBe(true);
    expect((await rig.find('shop', 'whole')).scannedUntil).toBe(NOW - 20_000);
  }));

test('a scan that its deadline cuts off is an overrun, moves no cursor, and the next one has the minutes', () =>
  withRig(async (rig) => {
    await rig.enrol([whole], NOW - 5 * MINUTE);
    const slot = new AbortController();
    const { prometheus: slow } = recording(rig.prometheus, () => slot.abort());
    const outcome = await rig.collector.scan({ ...rig.session, prometheus: slow }, slot.signal);
    expect(outcome).toMatchObject({ result: 'overrun', rows: 0, error: { code: 'scan/overrun' } });
    expect((await rig.find('shop', 'whole')).scannedUntil).toBeNull();
    expect(await rig.collector.scan(rig.session, noDeadline())).toMatchObject({ result: 'ok', rows: 6 + 55 });
  }));

test('an answer of a session that is no longer current is thrown away', () =>
  withRig(async (rig) => {
    await rig.enrol([whole], NOW - 5 * MINUTE);
    const outcome = await rig.collector.scan({ ...rig.session, isCurrent: () => false }, noDeadline());
    expect(outcome).toMatchObject({ result: 'failed', error: { code: 'scan/stale-lease' } });
    await expect(
      rig.collector.backfill({ ...rig.session, isCurrent: () => false }, noDeadline()),
    ).rejects.toMatchObject({ code: 'scan/stale-lease', retryable: true });
    expect(await rig.series('shop', 'whole', 0, NOW)).toEqual([]);
    expect((await rig.baseline('shop', 'whole')).state).toBe('running');
  }));

test('with nobody listening the scan fails, the cursor stays, and the backfill is retried with backoff', () =>
  withRig(
    async (rig) => {
      await rig.enrol([whole], NOW - 5 * MINUTE);
      const outcome = await rig.collector.scan(rig.session, noDeadline());
      expect(outcome).toMatchObject({ result: 'failed', error: { code: 'prometheus/unreachable', retryable: true } });
      expect((await rig.find('shop', 'whole')).scannedUntil).toBeNull();
      await rig.collector.backfill(rig.session, noDeadline());
      const once = await rig.baseline('shop', 'whole');
      expect(once).toMatchObject({ state: 'failed', nextAttemptAt: NOW + 5 * SECOND });
      expect(once.reason).toMatch(/^no connection to Prometheus at http:\/\/127\.0\.0\.1:1/);
      rig.setNow(NOW + 5 * SECOND);
      await rig.collector.backfill(rig.session, noDeadline());
      expect(await rig.baseline('shop', 'whole')).toMatchObject({ state: 'failed', nextAttemptAt: NOW + 15 * SECOND });
    },
    NOW,
    'http://127.0.0.1:1',
  ));

test('a server that refuses big answers is asked in halves, and the result is the same', async () => {
  const strict = await startPrometheus({
    history: { series: [whole, dayOld].flatMap(seriesOf), span: SMALL_SPAN },
    flags: ['--query.max-samples=150'],
  });
  try {
    const results: Record<string, unknown> = {};
    for (const [name, url] of [
      ['strict', strict.url],
      ['usual', prometheus.url],
    ] as const) {
      const rig = await startCollectRig(url, NOW, { windowMs: 3 * HOUR });
      try {
        await rig.enrol([whole, dayOld]);
        const before = rig.prometheus.requests;
        await rig.collector.backfill(rig.session, noDeadline());
        results[`${name} requests`] = rig.prometheus.requests - before;
        results[name] = [await rig.series('shop', 'whole', 0, NOW), await rig.series('shop', 'day-old', 0, NOW)];
      } finally {
        await rig.close();
      }
    }
    expect(results.strict).toEqual(results.usual);
    expect(results['usual requests']).toBe(10);
    expect(results['strict requests']).toBeGreaterThan(20);
  } finally {
    await strict.stop();
  }
});
