import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startRig, type HttpRig } from './http-rig.fixture.ts';

type Operation = { security?: unknown[]; responses: Record<string, unknown>; requestBody?: { required: boolean } };
type Document = { openapi: string; paths: Record<string, Record<string, Operation>> };

let rig: HttpRig;
let document: Document;
beforeAll(async () => {
  rig = await startRig();
  document = (await rig.call('GET', '/openapi.json')).body as Document;
});
afterAll(() => rig.stop());

type Layer = { route?: { path: string; methods: Record<string, boolean> } };

/** What express really serves, read from its router; layers for every method are those that answer 405. */
const served = (): string[] =>
  (rig.built.app.router.stack as Layer[])
    .map(({ route }) => ({ path: route?.path ?? '', methods: Object.keys(route?.methods ?? {}) }))
    .filter(({ methods }) => methods.length === 1)
    .map(({ path, methods }) => `${methods[0]} ${path.replaceAll(/:(\w+)/g, '{$1}')}`)
    .sort();

const documented = (): string[] =>
  Object.entries(document.paths)
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method} ${path}`))
    .sort();

test('every route is in the document, and the other way round', () => {
  expect(documented()).toEqual(served());
  expect(documented()).toEqual([
    'delete /api/v1/clusters/{cluster}',
    'delete /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}',
    'delete /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/mute',
    'get /api/v1/access',
    'get /api/v1/clusters',
    'get /api/v1/clusters/{cluster}/hpas',
    'get /api/v1/events',
    'get /api/v1/monitoring/anomalies',
    'get /api/v1/monitoring/anomalies/{id}',
    'get /api/v1/monitoring/hpas',
    'get /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}',
    'get /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/baseline',
    'get /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/changes',
    'get /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/series',
    'get /api/v1/monitoring/sparklines',
    'get /api/v1/monitoring/status',
    'get /api/v1/monitoring/summary',
    'get /api/v1/monitoring/timeslots',
    'get /grafana',
    'get /healthz',
    'get /metrics',
    'get /openapi.json',
    'get /readyz',
    'patch /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}',
    'post /api/v1/clusters',
    'post /api/v1/monitoring/anomalies/{id}/ack',
    'post /api/v1/monitoring/anomalies/{id}/exclude',
    'post /api/v1/monitoring/hpa',
    'post /api/v1/monitoring/hpas',
    'post /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/backfill',
    'post /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/baseline/accept',
    'post /grafana/metric-payload-options',
    'post /grafana/metrics',
    'post /grafana/query',
    'post /grafana/tag-keys',
    'post /grafana/tag-values',
    'post /grafana/variable',
    'put /api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/mute',
  ]);
});

test('only the health calls need no token', () => {
  const open = Object.entries(document.paths)
    .filter(([, methods]) => Object.values(methods).some(({ security }) => security?.length === 0))
    .map(([path]) => path);
  expect(open.sort()).toEqual(['/healthz', '/readyz']);
});

test('parameters, bodies and answers are described', () => {
  expect(document.openapi).toBe('3.1.0');
  const enrol = document.paths['/api/v1/monitoring/hpa']?.['post'];
  expect(enrol).toMatchObject({
    requestBody: {
      required: true,
      content: {
        'application/json': { schema: { required: ['cluster', 'namespace', 'hpa'], additionalProperties: false } },
      },
    },
    responses: { 200: {}, 201: {}, default: {} },
  });
  const list = document.paths['/api/v1/monitoring/hpas']?.['get'];
  expect(list).toMatchObject({
    parameters: expect.arrayContaining([
      expect.objectContaining({ name: 'state', in: 'query' }),
      expect.objectContaining({
        name: 'limit',
        in: 'query',
        schema: expect.objectContaining({ minimum: 1, maximum: 1_000 }),
      }),
    ]),
  });
  const backfill = document.paths['/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/backfill']?.['post'];
  expect(backfill?.requestBody?.required).toBe(false);
  const mute = document.paths['/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/mute']?.['put'];
  expect(mute?.requestBody?.required).toBe(true);
});

test('where a client that holds the answer gets 304', () => {
  const paths = Object.entries(document.paths)
    .filter(([, methods]) => Object.values(methods).some(({ responses }) => '304' in responses))
    .map(([path]) => path);
  expect(paths.sort()).toEqual([
    '/api/v1/clusters',
    '/api/v1/monitoring/anomalies',
    '/api/v1/monitoring/hpas',
    '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}',
    '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/baseline',
    '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/series',
    '/api/v1/monitoring/sparklines',
    '/api/v1/monitoring/status',
    '/api/v1/monitoring/summary',
    '/api/v1/monitoring/timeslots',
  ]);
});
