import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DAY, floorTo, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { emptySample, type Sample } from '../../agent/src/domain/sample.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../agent/src/storage/store.ts';
import { backtest, backtestJson, covers, cpuAt, dir, iso, minutes, START } from '../rig/backtest-rig.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

/** `hpa-watch backtest` over a real Prometheus and over the database of an agent. */

afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('a Prometheus', () => {
  // Yesterday at ten, when the made up load is high: far from what would rightly be called underutilised.
  const END = floorTo(Date.now(), DAY) - 14 * HOUR;
  const container = { name: 'app', cores: 0.3, memoryMib: 200, cpuRequest: 0.5, memoryRequestMib: 400 };
  const hpa = (name: string): HandMadeHpa => ({
    namespace: 'shop',
    hpa: name,
    kind: 'Deployment',
    target: name,
    pods: 2,
    containers: [container],
  });
  const lost = { from: END - 2 * HOUR, to: END - HOUR };
  const fleet = [hpa('api'), { ...hpa('web'), exists: (at: number) => at < lost.from || at > lost.to }];
  const span = { start: END - 14 * HOUR, end: END, stepMs: 30_000 };
  let prometheus: RealPrometheus;
  beforeAll(async () => {
    prometheus = await startPrometheus({ history: { series: fleet.flatMap(seriesOf), span } });
  }, 120_000);
  afterAll(() => prometheus?.stop());
  const of = (name: string) => ['--prometheus', prometheus.url, '--namespace', 'shop', '--hpa', name];
  const within = ['--baseline', '9h', '--from', iso(END - 4 * HOUR), '--to', iso(END)];

  test('the values are those of a scan, with a band from the baseline before', async () => {
    const { points } = await backtestJson([...of('api'), ...within]);
    expect(points).toHaveLength(4 * 60 + 1);
    for (const { timestamp, value, expected, lower, upper, score } of points) {
      // 0.3 cores, swinging by a third over the day, of 0.5 requested; a rate over five minutes is that of their middle.
      const cores = 0.3 + 0.1 * Math.sin((2 * Math.PI * (Date.parse(timestamp) - 2.5 * MINUTE)) / DAY);
      expect(Math.abs(value! - (100 * cores) / 0.5)).toBeLessThan(0.5);
      expect(score).not.toBeNull();
      expect(lower!).toBeLessThan(expected!);
      expect(upper!).toBeGreaterThan(expected!);
    }
  }, 60_000);

  test('series that stop while the cluster answers are found', async () => {
    const { anomalies } = await backtestJson([...of('web'), ...within]);
    const found = anomalies.find(({ kind }) => kind === 'telemetry_lost');
    expect(Date.parse(found!.start)).toBeGreaterThanOrEqual(lost.from);
    expect(Date.parse(found!.start)).toBeLessThanOrEqual(lost.from + 6 * MINUTE);
    expect(Date.parse(found!.end!)).toBeLessThanOrEqual(lost.to + 2 * MINUTE);
  }, 60_000);

  test('replicas and pressure are told too', async () => {
    const replicas = await backtestJson([...of('api'), ...within, '--metric', 'replicas', '--step', '1h']);
    expect(replicas.points.map(({ value }) => value)).toEqual(replicas.points.map(() => 2));
    const pressure = await backtestJson([...of('api'), ...within, '--metric', 'pressure', '--step', '1h']);
    expect(pressure.points.every(({ value }) => value !== null && value > 0.2 && value < 1.2)).toBe(true);
  }, 60_000);

  test('without enough history it says so', async () => {
    const { code, stdout } = await backtest([...of('api'), '--from', iso(END - HOUR), '--to', iso(END)]);
    expect(code).toBe(0);
    expect(stdout).toContain('It has no baseline: that takes 3d of history with values (--baseline)');
  }, 60_000);

  test('an HPA that it does not show is refused with those it does', async () => {
    const { code, stderr } = await backtest([...of('cart'), '--to', iso(END)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^hpa-watch: This Prometheus shows no HPA shop\/cart at .*; it shows shop\/api, shop\/web\.\n$/,
    );
  });
});

describe('the database of an agent', () => {
  const path = join(dir, 'data', 'monitoring.db');
  const key = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
  const enrolledAt = START + 3 * DAY;
  const end = START + 5 * DAY;
  const lost = { from: START + 4 * DAY + 20 * HOUR, to: START + 4 * DAY + 20 * HOUR + 30 * MINUTE };
  const row = (ts: number): Sample => ({
    ...emptySample(ts),
    cpuCurrent: cpuAt(ts),
    cpuBasis: 'request',
    replicasCurrent: 3,
    replicasDesired: 3,
    replicasMin: 1,
    replicasMax: 10,
  });
  let store: Store;
  beforeAll(async () => {
    store = await openSqliteStore({ path, now: () => end });
    const [api, web] = (await store.enrol([key, { ...key, hpa: 'web' }], enrolledAt)).map(({ hpa }) => hpa.id);
    const all = minutes(5);
    const collected = all.filter((ts) => ts < enrolledAt && ts % (5 * MINUTE) === 0).map(row);
    const live = all.filter((ts) => ts > enrolledAt);
    const scanned = live.filter((ts) => ts < lost.from || ts >= lost.to).map(row);
    await store.writeSamples({ now: end, isBaseline: true, samples: [{ hpaId: api!, samples: collected }] });
    await store.writeSamples({
      now: end,
      isBaseline: false,
      samples: [
        { hpaId: api!, samples: scanned },
        { hpaId: web!, samples: live.map(row) },
      ],
      cursors: [api, web].map((hpaId) => ({ hpaId: hpaId!, scannedUntil: all.at(-1)! })),
    });
    await store.patchHpa(api!, { timezone: 'Asia/Tokyo' });
  }, 60_000);
  afterAll(() => store?.close());
  const args = ['--database', path, '--cluster', 'prod', '--namespace', 'shop', '--hpa', 'api'];

  test('what is kept is judged while the agent holds the database, and the minutes without a row count', async () => {
    const { points, anomalies } = await backtestJson(args);
    expect(points).toHaveLength(3 * 288 + 2 * 1440 - 1);
    const [deviation] = anomalies.filter(({ kind }) => kind === 'cpu_deviation');
    expect(covers(deviation!.start, deviation!.end)).toBe(true);
    expect(anomalies.find(({ kind }) => kind === 'telemetry_lost')).toMatchObject({ start: iso(lost.from) });
    await expect(store.enrol([{ ...key, hpa: 'later' }], end)).resolves.toMatchObject([{ created: true }]);
    expect(await store.check()).toEqual([]);
  });

  test('its time zone is the one of the HPA', async () => {
    const { stdout } = await backtest(args);
    // 10:00 UTC.
    expect(stdout).toMatch(/CPU of shop\/api is .* since 19:/);
  });

  test('it stays as it is, byte for byte', async () => {
    await store.close();
    const before = readFileSync(path);
    expect((await backtest(args)).code).toBe(0);
    expect(readFileSync(path).equals(before)).toBe(true);
  });
});
