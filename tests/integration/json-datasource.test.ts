import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  AccessAnswer,
  AnomalyListAnswer,
  BaselineAnswer,
  GrafanaAnswer,
  GrafanaMetrics,
  GrafanaSeries,
  HpaAnswer,
  HpaListAnswer,
  SeriesAnswer,
  SparklinesAnswer,
  TimeslotsAnswer,
} from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { rowsOf } from '../../agent/src/http/grafana/grafana.fixture.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { freePort } from '../rig/free-port.ts';

/** The calls that pages and panels make, on a whole agent over the simulated fleet, with a token that may only read. */

const READ_TOKEN = 'only-reads-0123456789';

let story: RunningDemo;
let agent: AgentProcess;
let hpas: HpaListAnswer['hpas'];

beforeAll(async () => {
  story = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', since: Date.now() - 15 * 60_000 });
  agent = await startAgentProcess({
    dataDir: newDataDir(),
    auth: { token: 'integration-tests-0123456789', readToken: READ_TOKEN },
    slotDuration: '2s',
    lanes: [await freePort(), await freePort()],
    clusters: story.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })),
  });
  for (const { name } of story.clusters)
    await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true });
  hpas = await eventually('every HPA has a baseline or what there is of one, and something fires', 90_000, async () => {
    const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=1000&sort=worst');
    const isDone = body.hpas.every(({ baseline, last_scan }) => /ready|partial/.test(baseline.state) && last_scan);
    return body.hpas.length > 0 && isDone && body.hpas[0]?.worst_anomaly ? body.hpas : null;
  });
}, 150_000);
afterAll(async () => {
  await agent?.stop();
  await story?.stop();
  removeDataDirs();
});

async function call<Body>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}) {
  const response = await fetch(agent.url + path, {
    method,
    headers: {
      authorization: `Bearer ${READ_TOKEN}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag') ?? '',
    body: (text ? JSON.parse(text) : null) as Body,
  };
}
const read = async <Body>(path: string): Promise<Body> => {
  const { status, body } = await call<Body>('GET', `/api/v1${path}`);
  expect([path, status]).toEqual([path, 200]);
  return body;
};
const ask = async <Body>(path: string, body: unknown): Promise<Body> => {
  const answer = await call<Body>('POST', `/grafana/${path}`, body);
  expect([path, answer.status, answer.status === 200 ? null : answer.body]).toEqual([path, 200, null]);
  return answer.body;
};
const span = () => ({ from: new Date(Date.now() - 3 * 3_600_000).toISOString(), to: new Date().toISOString() });
const query = (...targets: { target: string; payload?: unknown; refId?: string }[]) =>
  ask<GrafanaAnswer>('query', { range: span(), intervalMs: 60_000, maxDataPoints: 500, targets });
const pathOf = ({ cluster, namespace, hpa }: { cluster: string; namespace: string; hpa: string }) =>
  `/monitoring/hpas/${cluster}/${namespace}/${hpa}`;

test('a read token says that it may only read, and writes nothing', async () => {
  expect(await read<AccessAnswer>('/access')).toMatchObject({ access: 'read', api: 'v1' });
  for (const [method, path] of [
    ['POST', '/api/v1/monitoring/hpa'],
    ['PUT', `/api/v1${pathOf(hpas[0]!)}/mute`],
    ['PUT', '/grafana/query'],
  ] as const)
    expect(await call(method, path, {})).toMatchObject({ status: 403, body: { code: 'auth/read-only' } });
});

describe('the pages', () => {
  test('the worst first, each with its sentence, and after that only what changed', async () => {
    expect(hpas[0]?.worst_anomaly).toMatchObject({
      severity: 'critical',
      sentence: expect.stringContaining(hpas[0]!.hpa),
    });
    const held = await read<HpaListAnswer>('/monitoring/hpas?limit=1000');
    const news = await eventually('the next minute', 90_000, async () => {
      const answer = await read<HpaListAnswer>(`/monitoring/hpas?limit=1000&since=${held.revision}`);
      return answer.hpas.length > 0 ? answer : null;
    });
    expect(news).toMatchObject({ full: false, removed: [], total: held.total });
    const before = new Map(held.hpas.map((item) => [pathOf(item), item]));
    for (const item of news.hpas) expect(item).not.toEqual(before.get(pathOf(item)));
  }, 120_000);

  test('HPAs that are no longer watched are told as removed, those that come back as changed', async () => {
    const { revision } = await read<HpaListAnswer>('/monitoring/hpas?limit=1000');
    const last = hpas.at(-1)!;
    const { cluster, namespace, hpa } = last;
    await agent.api('DELETE', `/api/v1${pathOf(last)}`);
    const gone = await read<HpaListAnswer>(`/monitoring/hpas?since=${revision}`);
    expect(gone.removed).toEqual([{ cluster, namespace, hpa }]);
    await agent.api('POST', '/api/v1/monitoring/hpa', { cluster, namespace, hpa });
    const back = await read<HpaListAnswer>(`/monitoring/hpas?since=${gone.revision}`);
    expect(back.hpas.map(pathOf)).toContain(pathOf(last));
  });

  test('small lines of all HPAs in one call, the same as the series of each', async () => {
    const shown = hpas.slice(0, 20);
    const asked = shown.map(({ cluster, namespace, hpa }) => `hpa=${cluster}/${namespace}/${hpa}`).join('&');
    const lines = await read<SparklinesAnswer>(`/monitoring/sparklines?${asked}&window=1h&step=1m`);
    expect(lines.items.map(pathOf)).toEqual(shown.map(pathOf));
    const first = lines.items.find(({ values }) => values.filter((value) => value !== null).length > 5);
    const series = await read<SeriesAnswer>(
      `${pathOf(first!)}/series?metrics=cpu_current&step=1m&from=${lines.from}&to=${lines.to}`,
    );
    const known = new Map(series.timestamps.map((at, i) => [at, series.values.cpu_current?.[i] ?? null]));
    const drawn = first!.values.flatMap((value, i) => (value === null ? [] : [[lines.timestamps[i]!, value] as const]));
    expect(drawn.length).toBeGreaterThan(5);
    for (const [at, value] of drawn) expect(value).toBeCloseTo(known.get(at) ?? NaN, 2);
    expect(first!.lower).toHaveLength(lines.timestamps.length);
  });

  test('one HPA: its conditions, what fires, and a day over the day as usual', async () => {
    const { hpa } = await read<HpaAnswer>(pathOf(hpas[0]!));
    expect(typeof hpa.conditions.scaling_active).toBe('boolean');
    expect(hpa.open_anomalies[0]).toMatchObject({ id: hpas[0]!.worst_anomaly?.id });
    const day = await read<BaselineAnswer>(
      `${pathOf(hpa)}/baseline?day=yesterday&metrics=cpu&max_points=300&observed=true`,
    );
    expect(day.step).toBe('5m');
    expect(day.bands.cpu?.timestamps).toHaveLength(288);
    expect(day.observed?.values.cpu).toHaveLength(288);
    // The history that was collected reaches back three days; incidents may have left some of it out.
    expect(day.observed?.values.cpu?.filter((value) => value !== null).length).toBeGreaterThan(200);
  });

  test('the schedule in one call', async () => {
    const { clusters } = await read<TimeslotsAnswer>('/monitoring/timeslots');
    expect(clusters.map(({ cluster }) => cluster)).toEqual(story.clusters.map(({ name }) => name));
    for (const { scans, last_scan, slot_index, forward, hpas: count } of clusters) {
      expect(scans.total).toBeGreaterThan(0);
      expect(last_scan?.result).toBe('ok');
      expect([typeof slot_index, forward?.status, count > 0]).toEqual(['number', 'active', true]);
    }
  });

  test('anomalies that were acknowledged since', async () => {
    const held = await read<AnomalyListAnswer>('/monitoring/anomalies?state=firing&limit=500');
    expect(held.full).toBe(true);
    const [first] = held.anomalies;
    await agent.api('POST', `/api/v1/monitoring/anomalies/${first!.id}/ack`);
    const news = await read<AnomalyListAnswer>(`/monitoring/anomalies?state=firing&since=${held.revision}`);
    expect(news.full).toBe(false);
    expect(news.anomalies.find(({ id }) => id === first!.id)?.acknowledged_at).not.toBeNull();
  });

  test.each(['/monitoring/hpas', '/monitoring/anomalies', '/monitoring/summary', '/monitoring/status', '/clusters'])(
    '%s is answered by 304 while nothing happens',
    async (path) => {
      // A scan or a slot may come in between, so that one of some answers is enough.
      const status = await eventually('304', 10_000, async () => {
        const { etag } = await call('GET', `/api/v1${path}`);
        const again = await call('GET', `/api/v1${path}`, undefined, { 'if-none-match': etag });
        return again.status === 304 ? again : null;
      });
      expect(status.body).toBeNull();
    },
  );
});

describe('the generic JSON data source', () => {
  test('from the list of targets over each picker to an answer of each target', async () => {
    expect((await call('GET', '/grafana')).status).toBe(200);
    const metrics = await ask<GrafanaMetrics>('metrics', {});
    for (const { value, payloads } of metrics) {
      const payload: Record<string, string[]> = {};
      for (const { name } of payloads.filter(({ type }) => type === 'multi-select')) {
        const options = await ask<{ value: string }[]>('metric-payload-options', { metric: value, payload, name });
        expect([value, name, options.length > 0]).toEqual([value, name, true]);
        payload[name] = ['cluster', 'namespace', 'hpa'].includes(name)
          ? [options[0]!.value]
          : options.map((one) => one.value);
      }
      const answer = await query({ refId: 'Q', target: value, payload });
      expect([value, answer.length > 0]).toEqual([value, true]);
      for (const { refId } of answer) expect(refId).toBe('Q');
    }
  });

  test('values and bands are those of the API', async () => {
    const { cluster, namespace, hpa } = hpas[0]!;
    const range = span();
    const targets = [
      { refId: 'A', target: 'series', payload: { cluster, namespace, hpa, metric: 'replicas_current' } },
      { refId: 'B', target: 'band', payload: { cluster, namespace, hpa, metric: 'cpu', parts: 'upper' } },
    ];
    const answer = await ask<GrafanaSeries[]>('query', { range, intervalMs: 300_000, maxDataPoints: 500, targets });
    const path = pathOf(hpas[0]!);
    const at = `step=5m&from=${range.from}&to=${range.to}`;
    const series = await read<SeriesAnswer>(`${path}/series?metrics=replicas_current&${at}`);
    expect(answer[0]?.datapoints).toEqual(
      series.timestamps.map((time, i) => [series.values.replicas_current?.[i] ?? null, Date.parse(time)]),
    );
    const from = new Date(answer[1]?.datapoints[0]?.[1] ?? 0).toISOString();
    const { bands } = await read<BaselineAnswer>(`${path}/baseline?metrics=cpu&step=5m&from=${from}&to=${range.to}`);
    expect(answer[1]?.datapoints).toEqual(
      bands.cpu?.timestamps.map((time, i) => [bands.cpu?.upper[i], Date.parse(time)]),
    );
  });

  test('variables in a chain, and the HPAs of the chosen ones', async () => {
    const values = async (target: string) =>
      (await ask<{ __value: string }[]>('variable', { payload: { target }, range: span() })).map((one) => one.__value);
    const [cluster] = await values('clusters');
    const namespaces = await values(`namespaces(${cluster})`);
    const regex = `(${namespaces.join('|')})`;
    const names = await values(`hpas(${cluster}, ${regex})`);
    const table = await query({ target: 'hpas', payload: { cluster, namespace: `{${namespaces.join(',')}}` } });
    expect(names).toHaveLength(rowsOf(table).length);
    const wanted = hpas.filter((item) => item.cluster === cluster).length;
    expect(rowsOf(table)).toHaveLength(wanted);
  });

  test('annotations are regions about what the list of anomalies tells', async () => {
    const answer = await query({ target: 'annotations' }, { target: 'anomalies' });
    const listed = new Map(rowsOf(answer, 1).map((row) => [row['id'], row]));
    expect(listed.size).toBeGreaterThan(0);
    for (const region of rowsOf(answer)) {
      expect(region['time']).toBe(listed.get(region['id'])?.['started']);
      expect(Number(region['timeEnd'])).toBeGreaterThanOrEqual(Number(region['time']));
      expect(String(region['tags']).split(',')).toContain(listed.get(region['id'])?.['kind']);
    }
  });
});
