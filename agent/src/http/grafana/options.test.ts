import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { GrafanaMetrics } from '../../contract/grafana.ts';
import { READ_TOKEN, type HttpRig } from '../http-rig.fixture.ts';
import { ARN, ask, startGrafanaRig } from './grafana.fixture.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startGrafanaRig();
});
afterEach(() => rig.stop());

const bodyOf = async (path: string, body: unknown) => (await ask(rig, path, body)).body as unknown;

test('the test of the data source, with and without a slash', async () => {
  for (const path of ['/grafana', '/grafana/'])
    expect(await rig.call('GET', path, { token: READ_TOKEN })).toMatchObject({
      status: 200,
      body: { version: '1.2.3' },
    });
});

describe('/metrics', () => {
  // The two requests of the documentation of the data source, and the one of an empty query.
  test.each([
    {},
    { metric: 'DescribeMetricList', payload: { cloud: 'x', namespace: 'MySQL' } },
    { metric: '', payload: {} },
  ])('answers %j with all there is', async (request) => {
    const metrics = (await bodyOf('metrics', request)) as GrafanaMetrics;
    expect(metrics.map(({ value }) => value)).toEqual([
      'series',
      'band',
      'anomalies',
      'annotations',
      'hpas',
      'slots',
      'forwards',
      'clusters',
      'summary',
    ]);
  });

  test('each picker either has its options or gets them asked for', async () => {
    const metrics = (await bodyOf('metrics', {})) as GrafanaMetrics;
    for (const { value, payloads } of metrics)
      for (const { name, type, options } of payloads.filter((picker) => picker.type === 'multi-select')) {
        expect([value, name, type]).toEqual([value, name, 'multi-select']);
        const asked = await bodyOf('metric-payload-options', { metric: value, payload: {}, name });
        expect(asked).toEqual(
          options ?? expect.arrayContaining([expect.objectContaining({ value: expect.any(String) })]),
        );
      }
    const places = metrics[0]?.payloads.slice(0, 3).map(({ name, reloadMetric }) => [name, reloadMetric]);
    expect(places).toEqual([
      ['cluster', true],
      ['namespace', true],
      ['hpa', false],
    ]);
  });
});

describe('/metric-payload-options', () => {
  test.each<[string, Record<string, unknown>, string[]]>([
    ['cluster', {}, [ARN, 'prod']],
    ['namespace', {}, ['shop', 'web']],
    ['namespace', { cluster: [ARN.replace('/', '\\/')] }, ['shop']],
    ['hpa', {}, ['shop/api', 'web/front']],
    ['hpa', { cluster: 'prod', namespace: ['web'] }, ['front']],
    ['hpa', { cluster: 'prod', namespace: 'web', hpa: ['gone'] }, ['front']],
    ['severity', {}, ['critical', 'warning', 'info']],
  ])('%s given %j', async (name, payload, values) => {
    const options = (await bodyOf('metric-payload-options', { metric: 'anomalies', payload, name })) as {
      value: string;
    }[];
    expect(options.map(({ value }) => value)).toEqual(values);
  });

  test('a name that this metric has not', async () => {
    const { status, body } = await ask(rig, 'metric-payload-options', { metric: 'slots', payload: {}, name: 'hpa' });
    expect(status).toBe(400);
    expect(body['details']).toEqual({ field: 'name', value: 'hpa', allowed: ['cluster'] });
  });
});

describe('/variable', () => {
  const range = {
    from: '2022-02-14T08:09:32.164Z',
    to: '2022-02-21T08:09:32.164Z',
    raw: { from: 'now-7d', to: 'now' },
  };
  test.each<[unknown, string[]]>([
    [{ target: 'clusters' }, [ARN, 'prod']],
    [{ target: 'namespaces' }, ['shop', 'web']],
    [{ target: 'namespaces(arn:aws:eks:eu-west-1:1:cluster\\/shop)' }, ['shop']],
    [{ target: 'hpas(prod, (shop|web))' }, ['shop/api', 'web/front']],
    [{ target: 'hpas({prod}, web)' }, ['front']],
    [{ target: 'hpas', cluster: ['prod'], namespace: 'shop' }, ['api']],
    ['hpas(prod-admin, shop)', ['api']],
    [{ target: 'severities' }, ['critical', 'warning', 'info']],
    [{ target: 'baseline_metrics' }, ['cpu', 'memory', 'replicas', 'pressure']],
  ])('%j', async (payload, values) => {
    const answer = (await bodyOf('variable', { payload, range })) as { __text: string; __value: string }[];
    expect(answer.map(({ __value }) => __value)).toEqual(values);
    expect(answer.every(({ __text, __value }) => __text === __value)).toBe(true);
  });

  test.each(['kinds', 'states', 'metrics'])('%s has some', async (target) => {
    expect((await bodyOf('variable', { payload: { target } })) as unknown[]).not.toHaveLength(0);
  });

  test.each(['systems', '', 'clusters(prod)', 'hpas(a, b, c)', 'constructor', 'hpas(prod'])(
    '%j is refused with what there is',
    async (target) => {
      const { status, body } = await ask(rig, 'variable', { payload: { target } });
      expect(status).toBe(400);
      expect(body['details']).toMatchObject({
        field: 'payload.target',
        value: target,
        allowed: expect.arrayContaining(['clusters', 'namespaces(cluster)', 'hpas(cluster, namespace)']),
      });
    },
  );
});

describe('ad hoc filters', () => {
  test('keys, whatever is sent', async () => {
    const expected = ['cluster', 'namespace', 'hpa', 'state', 'severity', 'kind'].map((text) => ({
      type: 'string',
      text,
    }));
    expect(await bodyOf('tag-keys', {})).toEqual(expected);
    expect(await bodyOf('tag-keys', { filters: [], timeRange: { from: 'now-1h', to: 'now' } })).toEqual(expected);
    expect((await rig.call('POST', '/grafana/tag-keys')).body).toEqual(expected);
  });

  test.each([
    ['cluster', [ARN, 'prod']],
    ['namespace', ['shop', 'web']],
    ['hpa', ['shop/api', 'web/front']],
    ['severity', ['critical', 'warning', 'info']],
  ])('values of %s', async (key, values) => {
    expect(await bodyOf('tag-values', { key, filters: [] })).toEqual(values.map((text) => ({ text })));
  });

  test('a key nobody knows', async () => {
    const { status, body } = await ask(rig, 'tag-values', { key: 'City' });
    expect(status).toBe(400);
    expect(body['details']).toMatchObject({
      field: 'key',
      value: 'City',
      allowed: expect.arrayContaining(['cluster']),
    });
  });
});
