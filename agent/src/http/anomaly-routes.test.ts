import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../core/clock.ts';
import type { AnomalyListAnswer } from '../contract/api.ts';
import { anomaly } from '../storage/anomaly.fixture.ts';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

const LIST = '/api/v1/monitoring/anomalies';
const ARN = 'arn:aws:eks:eu-west-1:1:cluster/shop';
const NOON = Date.UTC(2026, 0, 5, 12);

let rig: HttpRig;
beforeEach(async () => {
  rig = await startRig();
  const key = { cluster: 'prod', namespace: 'shop', hpa: 'api' };
  rig.world.anomalies = [
    anomaly(1, 'now', { key, startedAt: NOON - 5 * MINUTE, lastSeenAt: NOON, kind: 'maxed_out', severity: 'critical' }),
    anomaly(1, 'morning', {
      key,
      startedAt: NOON - 3 * HOUR,
      endedAt: NOON - 2 * HOUR,
      state: 'resolved',
      acknowledgedAt: NOON - 2 * HOUR,
    }),
    anomaly(2, 'elsewhere', { key: { cluster: ARN, namespace: 'web', hpa: 'z' }, startedAt: NOON - HOUR, band: null }),
    anomaly(3, 'removed', { key: { cluster: 'removed', namespace: 'web', hpa: 'z' }, startedAt: NOON - 9 * HOUR }),
  ];
});
afterEach(() => rig.stop());

const idsOf = (body: unknown) => (body as AnomalyListAnswer).anomalies.map(({ id }) => id);

describe('the list', () => {
  test.each([
    ['', ['now', 'elsewhere', 'morning', 'removed']],
    ['?state=resolved', ['morning']],
    ['?state=resolved,pending', ['morning']],
    ['?severity=critical', ['now']],
    ['?kind=maxed_out,cpu_deviation&cluster=prod', ['now', 'morning']],
    ['?cluster=prod-admin', ['now', 'morning']],
    [`?cluster=${encodeURIComponent(ARN)}`, ['elsewhere']],
    ['?cluster=removed', ['removed']],
    ['?namespace=web&hpa=z', ['elsewhere', 'removed']],
    ['?from=2026-01-05T10:30:00Z&to=2026-01-05T11:30:00Z', ['elsewhere', 'removed']],
    ['?from=2026-01-05T12:00:00Z', ['now', 'elsewhere', 'removed']],
    ['?namespace=nowhere', []],
  ])('%s', async (query, expected) => {
    const { status, body } = await rig.call('GET', `${LIST}${query}`);
    expect({ status, ids: idsOf(body), total: body['total'] }).toEqual({
      status: 200,
      ids: expected,
      total: expected.length,
    });
  });

  test('page by page, each once', async () => {
    const pages: string[][] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const { body } = await rig.call('GET', `${LIST}?limit=3${cursor && `&cursor=${cursor}`}`);
      expect(body['total']).toBe(4);
      pages.push(idsOf(body));
      cursor = body['next_cursor'] as string | null;
    }
    expect(pages).toEqual([['now', 'elsewhere', 'morning'], ['removed']]);
  });

  test('one in full', async () => {
    const { body } = await rig.call('GET', `${LIST}/morning`);
    expect(body).toEqual({
      status: 'success',
      anomaly: {
        id: 'morning',
        kind: 'cpu_deviation',
        severity: 'warning',
        state: 'resolved',
        cluster: 'prod',
        namespace: 'shop',
        hpa: 'api',
        started_at: '2026-01-05T09:00:00.000Z',
        fired_at: '1970-01-01T00:03:00.000Z',
        last_seen_at: '1970-01-01T00:04:00.000Z',
        ended_at: '2026-01-05T10:00:00.000Z',
        metric: 'cpu',
        direction: 'over',
        observed: 164.5,
        band: { expected: 70, lower: 61, upper: 88 },
        score: 5.25,
        sentence: 'CPU of n/h0 is 164 % of request; at this hour it is usually 61-88 %.',
        advice: null,
        promql: 'sum(rate(x[5m]))',
        parent_id: null,
        cluster_event_id: null,
        acknowledged_at: '2026-01-05T10:00:00.000Z',
        excluded: false,
      },
    });
  });
});

test.each([
  ['ack', undefined, ['acknowledge', 'now', true], { acknowledged_at: '2026-01-05T12:00:00.000Z' }],
  ['ack', {}, ['acknowledge', 'now', true], { acknowledged_at: '2026-01-05T12:00:00.000Z' }],
  ['ack', { acknowledged: false }, ['acknowledge', 'now', false], { acknowledged_at: null }],
  ['exclude', undefined, ['exclude', 'now', true], { excluded: true }],
  ['exclude', { excluded: true }, ['exclude', 'now', true], { excluded: true }],
  ['exclude', { excluded: false }, ['exclude', 'now', false], { excluded: false }],
])('POST %s %j', async (what, body, write, expected) => {
  const answer = await rig.call('POST', `${LIST}/now/${what}`, { body });
  expect(answer).toMatchObject({ status: 200, body: { anomaly: { id: 'now', ...expected } } });
  expect(rig.world.writes).toEqual([write]);
});

describe('a client that holds an answer', () => {
  const now = '/api/v1/monitoring/summary';

  test.each([[LIST], ['/api/v1/monitoring/hpas'], [now]])('%s: 304 until it differs', async (path) => {
    const first = await rig.call('GET', path);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"/);
    const again = await rig.call('GET', path, { headers: { 'if-none-match': `"other", ${etag}` } });
    expect({ status: again.status, etag: again.headers.get('etag'), body: again.body }).toEqual({
      status: 304,
      etag,
      body: { text: '' },
    });
    expect((await rig.call('HEAD', path, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('an anomaly that is acknowledged makes another list', async () => {
    const held = (await rig.call('GET', LIST)).headers.get('etag') ?? '';
    await rig.call('POST', `${LIST}/now/ack`);
    const { status, body } = await rig.call('GET', LIST, { headers: { 'if-none-match': held } });
    expect(status).toBe(200);
    expect(idsOf(body)[0]).toBe('now');
  });

  test('the clock alone makes no other summary', async () => {
    const held = (await rig.call('GET', now)).headers.get('etag') ?? '';
    await rig.world.clock.advance(20_000);
    expect((await rig.call('GET', now, { headers: { 'if-none-match': held } })).status).toBe(304);
    rig.world.anomalies = [];
    rig.scanned();
    expect((await rig.call('GET', now, { headers: { 'if-none-match': held } })).status).toBe(200);
  });

  test('other answers have no ETag, refused ones neither', async () => {
    for (const path of ['/api/v1/access', `${LIST}/now`, `${LIST}?limit=0`])
      expect((await rig.call('GET', path)).headers.get('etag')).toBeNull();
  });
});

describe('what fires, for Prometheus', () => {
  const firing = async () => {
    const { body } = await rig.call('GET', '/metrics');
    return String(body['text'])
      .split('\n')
      .filter((line) => line.startsWith('hpa_watch_anomaly_firing{'))
      .sort();
  };

  test('one series each, gone when it is over', async () => {
    const shop = 'hpa_watch_anomaly_firing{cluster="prod",namespace="shop",hpa="api",kind="maxed_out",severity=';
    expect(await firing()).toHaveLength(3);
    expect(await firing()).toContain(`${shop}"critical"} 1`);
    rig.world.anomalies = [{ ...rig.world.anomalies[0]!, severity: 'warning' }];
    expect(await firing()).toEqual([`${shop}"warning"} 1`]);
    rig.world.anomalies = [];
    expect(await firing()).toEqual([]);
  });

  test('scrapes at once each see all of it', async () => {
    const scrapes = await Promise.all(Array.from({ length: 8 }, firing));
    expect(scrapes.map(({ length }) => length)).toEqual(Array.from({ length: 8 }, () => 3));
  });
});
