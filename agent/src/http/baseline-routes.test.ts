import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { BaselineAnswer } from '../contract/api.ts';
import { DAY, HOUR } from '../core/clock.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import { levelProfile } from './fake-anomalies.fixture.ts';
import { hpaRow } from './fake-services.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const KEY = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
const ITEM = '/api/v1/monitoring/hpas/prod/shop/api';
const BASELINE = `${ITEM}/baseline`;
const NOON = Date.UTC(2026, 0, 5, 12);

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
  const baseline = {
    ...QUEUED_BASELINE,
    state: 'ready' as const,
    columns: { cpuCurrent: 98.76, replicasCurrent: 100 },
  };
  rig.world.rows.push(hpaRow(KEY, { baseline, timezone: 'Europe/Berlin', normalSince: NOON - DAY }));
  rig.world.profile = {
    cpu: levelProfile('cpu', 60, { from: NOON - 3 * DAY }),
    replicas: levelProfile('replicas', 1, { floor: 1.23456, to: NOON }),
    demand: levelProfile('demand', 0.5, { from: NOON - 9 * DAY }),
  };
  rig.world.exclusions = [{ from: NOON - 2 * HOUR, to: NOON - HOUR }];
});
afterEach(() => rig.stop());

describe('the baseline', () => {
  test('in full', async () => {
    const { body } = await rig.call('GET', `${BASELINE}?from=2026-01-05T12:00:30Z&to=2026-01-05T12:02:00Z&step=1m`);
    const timestamps = ['2026-01-05T12:00:00.000Z', '2026-01-05T12:01:00.000Z', '2026-01-05T12:02:00.000Z'];
    expect(body).toEqual({
      status: 'success',
      ...KEY,
      observed: null,
      from: '2026-01-05T12:00:00.000Z',
      to: '2026-01-05T12:02:00.000Z',
      step: '60s',
      baseline: {
        state: 'ready',
        coverage: { cpu: 98.8, memory: null, replicas: 100, pressure: null },
        window: { from: '2026-01-02T12:00:00.000Z', to: '2026-01-05T12:00:00.000Z' },
        timezone: 'Europe/Berlin',
        normal_since: '2026-01-04T12:00:00.000Z',
        model: { cpu: 'level', memory: null, replicas: 'level', pressure: null },
        exclusions: [{ from: '2026-01-05T10:00:00.000Z', to: '2026-01-05T11:00:00.000Z' }],
      },
      bands: {
        cpu: { timestamps, expected: [60, 60, 60], lower: [58, 58, 58], upper: [62, 62, 62] },
        memory: null,
        replicas: { timestamps, expected: [1, 1, 1], lower: [0, 0, 0], upper: [2.235, 2.235, 2.235] },
        pressure: null,
      },
    });
  });

  test('a day ahead, of the metrics asked for', async () => {
    const to = new Date(NOON + DAY).toISOString();
    const { status, body } = await rig.call('GET', `${BASELINE}?to=${to}&step=1h&metrics=replicas`);
    const { bands } = body as BaselineAnswer;
    expect(status).toBe(200);
    expect(Object.keys(bands)).toEqual(['replicas']);
    expect(bands.replicas?.timestamps.at(-1)).toBe(to);
  });

  test('nothing learned yet: null, never a band of zeros', async () => {
    rig.world.profile = null;
    const { body } = await rig.call('GET', BASELINE);
    expect(body).toMatchObject({
      baseline: { window: null, model: { cpu: null } },
      bands: { cpu: null, memory: null, replicas: null, pressure: null },
    });
  });

  test('at most 11,000 steps', async () => {
    const from = new Date(NOON - 11_000 * 60_000).toISOString();
    const { body } = await rig.call('GET', `${BASELINE}?from=${from}&step=1m&metrics=cpu`);
    expect((body as BaselineAnswer).bands.cpu?.expected).toHaveLength(11_001);
  });
});

test.each([
  ['nothing', undefined, NOON, '2026-01-05T12:00:00.000Z'],
  ['an empty body', {}, NOON, '2026-01-05T12:00:00.000Z'],
  ['a time', { since: '2026-01-05T12:00:00+02:00' }, NOON - 2 * HOUR, '2026-01-05T10:00:00.000Z'],
  ['null', { since: null }, null, null],
])('accept with %s', async (_what, body, since, expected) => {
  const answer = await rig.call('POST', `${BASELINE}/accept`, { body });
  expect(answer).toMatchObject({ status: 200, body: { normal_since: expected } });
  expect(rig.world.writes).toEqual([['accept', KEY, since]]);
});

test('mute, seen in the list, and unmute', async () => {
  const muted = '2026-01-05T14:00:00.000Z';
  expect(await rig.call('PUT', `${ITEM}/mute`, { body: { for: '2h' } })).toMatchObject({
    status: 200,
    body: { muted_until: muted },
  });
  expect((await rig.call('GET', ITEM)).body).toMatchObject({ hpa: { muted_until: muted } });
  const until = '2026-01-06T12:00:00.000Z';
  await rig.call('PUT', `${ITEM}/mute`, { body: { until } });
  expect((await rig.call('GET', ITEM)).body).toMatchObject({ hpa: { muted_until: until } });
  expect(await rig.call('DELETE', `${ITEM}/mute`)).toMatchObject({ status: 200, body: { muted_until: null } });
  expect((await rig.call('GET', ITEM)).body).toMatchObject({ hpa: { muted_until: null } });
  expect(rig.world.writes).toEqual([
    ['patch', KEY, { mutedUntil: NOON + 2 * HOUR }],
    ['patch', KEY, { mutedUntil: NOON + DAY }],
    ['patch', KEY, { mutedUntil: null }],
  ]);
});
