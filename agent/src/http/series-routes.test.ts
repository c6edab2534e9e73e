import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BaselineAnswer, SeriesAnswer, SparklinesAnswer } from '../contract/api.ts';
import { MINUTE } from '../core/clock.ts';
import { levelProfile } from './fake-anomalies.fixture.ts';
import { hpaRow, sampleAt } from './fake-services.fixture.ts';
import { READ_TOKEN, startRig, type HttpRig } from './http-rig.fixture.ts';

const SPARKLINES = '/api/v1/monitoring/sparklines';
const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';
const API = '/api/v1/monitoring/hpas/prod/shop/api';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
  rig.world.rows.push(
    hpaRow({ cluster: 'prod', namespace: 'shop', hpa: 'api' }, { id: 1, timezone: 'Asia/Kolkata' }),
    hpaRow({ cluster: ARN, namespace: 'web', hpa: 'front' }, { id: 2 }),
  );
});
afterEach(() => rig.stop());

test('sparklines of many HPAs on common steps, in the order asked, with the band where one is known', async () => {
  const now = rig.world.clock.now();
  rig.world.samplesOf.set(1, [
    sampleAt(now - 11 * MINUTE, { cpuCurrent: 10 }),
    sampleAt(now - 7 * MINUTE, { cpuCurrent: 20 }),
    sampleAt(now - 6 * MINUTE, { cpuCurrent: 30.12345 }),
    sampleAt(now, { cpuCurrent: null }),
  ]);
  rig.world.samplesOf.set(2, [sampleAt(now, { cpuCurrent: 5 })]);
  rig.world.profile = { cpu: levelProfile('cpu', 50) };
  const asked = [`${ARN}/web/front`, 'prod/shop/gone', 'prod-admin/shop/api'].map(encodeURIComponent);
  const { status, body } = await rig.call('GET', `${SPARKLINES}?hpa=${asked.join('&hpa=')}&window=10m`);
  expect(status).toBe(200);
  const { items, ...rest } = body as SparklinesAnswer;
  expect(rest).toEqual({
    status: 'success',
    metric: 'cpu',
    from: '2026-01-05T11:50:00.000Z',
    to: '2026-01-05T12:00:00.000Z',
    step: '5m',
    timestamps: ['2026-01-05T11:50:00.000Z', '2026-01-05T11:55:00.000Z', '2026-01-05T12:00:00.000Z'],
    missing: [{ cluster: 'prod', namespace: 'shop', hpa: 'gone' }],
  });
  expect(items.map(({ cluster, hpa, values }) => [cluster, hpa, values])).toEqual([
    [ARN, 'front', [null, null, 5]],
    ['prod', 'api', [30.123, null, null]],
  ]);
  expect(items[0]?.lower).toHaveLength(3);
  expect(items[0]?.lower?.[0]).toBeLessThan(50);
  expect(items[0]?.upper?.[0]).toBeGreaterThan(50);
});

test('a sparkline of what has no baseline has no band, and one store read serves all', async () => {
  let reads = 0;
  const { store } = rig.world.services;
  const readSeriesOf = store.readSeriesOf;
  store.readSeriesOf = (ids, query) => {
    reads++;
    return readSeriesOf(ids, query);
  };
  const { body } = await rig.call(
    'GET',
    `${SPARKLINES}?hpa=prod/shop/api&hpa=${encodeURIComponent(ARN)}/web/front&metric=replicas`,
  );
  expect((body as SparklinesAnswer).items).toMatchObject([{ lower: null, upper: null }, { hpa: 'front' }]);
  expect(reads).toBe(1);
});

test.each([
  // Noon in UTC is half past five in the afternoon in India.
  ['today', '2026-01-04T18:30:00.000Z', '2026-01-05T18:29:00.000Z'],
  ['yesterday', '2026-01-03T18:30:00.000Z', '2026-01-04T18:29:00.000Z'],
  ['2025-12-24', '2025-12-23T18:30:00.000Z', '2025-12-24T18:29:00.000Z'],
])("day=%s is that day in the HPA's time zone", async (day, from, to) => {
  const series = await rig.call('GET', `${API}/series?day=${day}&metrics=pressure`);
  expect(series.body).toMatchObject({ from, to, step: '60s' });
  const baseline = await rig.call('GET', `${API}/baseline?day=${day}&metrics=cpu&max_points=100`);
  expect(baseline.body).toMatchObject({ from, to, step: '15m', observed: null });
});

test('today beside the day as usual: bands to midnight, what was seen until now', async () => {
  const now = rig.world.clock.now();
  rig.world.profile = { cpu: levelProfile('cpu', 50) };
  rig.world.samples = [sampleAt(now - 31 * MINUTE, { cpuCurrent: 61 }), sampleAt(now, { cpuCurrent: 64 })];
  const { body } = await rig.call('GET', `${API}/baseline?day=today&metrics=cpu,memory&max_points=50&observed=true`);
  const { bands, observed } = body as BaselineAnswer;
  expect(bands.cpu?.timestamps).toHaveLength(48);
  expect(observed?.timestamps).toEqual(bands.cpu?.timestamps);
  expect(bands.memory).toBeNull();
  const seen = observed?.values.cpu ?? [];
  // 18:30 UTC is the first step of the day; half past eleven the 35th.
  expect(seen.flatMap((value, index) => (value === null ? [] : [[index, value]]))).toEqual([
    [33, 61],
    [35, 64],
  ]);
  expect(observed?.values.memory?.every((value) => value === null)).toBe(true);
});

test('thirty days have at most 1500 points, or as many as asked', async () => {
  const range = 'from=2025-12-06T12:00:00Z&to=2026-01-05T12:00:00Z';
  expect((await rig.call('GET', `${API}/series?${range}`)).body as SeriesAnswer).toMatchObject({ step: '30m' });
  expect((await rig.call('GET', `${API}/series?${range}&max_points=400`)).body).toMatchObject({ step: '2h' });
  expect((await rig.call('GET', `${API}/baseline?${range}`)).body).toMatchObject({ step: '30m' });
});

test.each([
  [undefined, 'write'],
  [READ_TOKEN, 'read'],
])('the token %s may %s', async (token, access) => {
  const { body } = await rig.call('GET', '/api/v1/access', token === undefined ? {} : { token });
  expect(body).toEqual({ status: 'success', access, version: '1.2.3', api: 'v1' });
});
