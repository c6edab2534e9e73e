import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpRig } from '../http-rig.fixture.ts';
import { ARN, query, rowsOf, seriesOf, startGrafanaRig } from './grafana.fixture.ts';

let rig: HttpRig;
beforeEach(async () => {
  rig = await startGrafanaRig();
});
afterEach(() => rig.stop());

const titles = (answer: Awaited<ReturnType<typeof query>>) => seriesOf(answer).map(({ title }) => title);

describe('series', () => {
  test('values over time with their labels and unit, missing ones as null', async () => {
    const answer = await query(rig, [
      { target: 'series', payload: { cluster: 'prod', namespace: 'shop', hpa: 'api', metric: 'cpu_current' } },
    ]);
    expect(answer).toEqual([
      {
        target: 'shop/api · prod · cpu_current',
        title: 'shop/api · prod · cpu_current',
        refId: 'A',
        datapoints: [
          [61.123, Date.UTC(2026, 0, 5, 11, 58)],
          [null, Date.UTC(2026, 0, 5, 11, 59)],
        ],
        tags: { cluster: 'prod', namespace: 'shop', hpa: 'api', metric: 'cpu_current' },
        unit: 'percent',
      },
    ]);
  });

  test.each<[string, Record<string, unknown>, string[]]>([
    ['nothing chosen: all', {}, ['prod', 'prod', ARN]],
    ['a glob of a multi-value variable', { namespace: '{shop,web}', cluster: 'prod' }, ['prod', 'prod']],
    ['a regex of a multi-value variable', { hpa: '(api|front)', namespace: 'shop' }, ['prod', ARN]],
    ['escaped by Grafana', { cluster: 'arn:aws:eks:eu-west-1:1:cluster\\/shop' }, [ARN]],
    ['with its namespace', { hpa: 'web\\/front' }, ['prod']],
    ['the context of a cluster', { cluster: 'prod-admin', hpa: 'api' }, ['prod']],
    [
      'a list of the builder',
      { cluster: ['prod', 'arn:aws:eks:eu-west-1:1:cluster\\/shop'], hpa: ['api'] },
      ['prod', ARN],
    ],
    ['an HPA that is not there', { hpa: 'nobody' }, []],
  ])('HPAs by %s', async (_, payload, clusters) => {
    const answer = await query(rig, [{ target: 'series', payload }]);
    expect(
      seriesOf(answer)
        .map(({ tags }) => tags['cluster'])
        .sort(),
    ).toEqual([...clusters].sort());
  });

  test('several metrics, a legend, a payload as JSON text', async () => {
    const payload = JSON.stringify({
      cluster: 'prod',
      hpa: 'api',
      metric: ['cpu', 'memory'],
      legend: '{{hpa}} {{ metric }}',
    });
    const answer = await query(rig, [{ target: 'series', payload }]);
    expect(seriesOf(answer).map(({ title, unit }) => [title, unit])).toEqual([
      ['api cpu_current', 'percent'],
      ['api memory_current', 'mbytes'],
    ]);
  });

  test('all targets of a panel with one read of the store, each answer with its refId', async () => {
    const reads: unknown[] = [];
    const { store } = rig.world.services;
    const readSeriesOf = store.readSeriesOf;
    store.readSeriesOf = (ids, range) => {
      reads.push([ids, range.stepMs]);
      return readSeriesOf(ids, range);
    };
    const answer = await query(rig, [
      { target: 'series', payload: { cluster: 'prod', hpa: 'api' } },
      { target: 'band', refId: 'band', payload: { cluster: 'prod', hpa: '{api,front}', parts: 'value' } },
      { target: 'hpas', payload: { cluster: 'prod' } },
      { target: 'series', hide: true },
      { target: '' },
    ]);
    expect(answer.map(({ refId }) => refId)).toEqual(['A', 'band', 'band', 'C']);
    expect(reads).toEqual([[[1, 2], 60_000]]);
  });

  test.each([
    [{ intervalMs: 15_000, maxDataPoints: 847 }, 60_000],
    [{ intervalMs: 15_000, maxDataPoints: 50 }, 5 * 60_000],
    [{ intervalMs: 600_000, maxDataPoints: 847 }, 10 * 60_000],
    [{ intervalMs: null, maxDataPoints: null }, 60_000],
  ])('%j makes a step of %i ms', async (rest, step) => {
    const answer = await query(
      rig,
      [{ target: 'band', payload: { cluster: 'prod', hpa: 'api', parts: 'upper' } }],
      rest,
    );
    const [first, second] = seriesOf(answer)[0]?.datapoints ?? [];
    expect((second?.[1] ?? 0) - (first?.[1] ?? 0)).toBe(step);
  });
});

test('a band has its edges and what is expected; a metric of which nothing is known has none', async () => {
  const answer = await query(rig, [
    { target: 'band', payload: { cluster: 'prod', hpa: 'api', metric: 'cpu|memory', parts: '' } },
  ]);
  expect(titles(answer)).toEqual(['lower', 'expected', 'upper'].map((part) => `shop/api · prod · cpu ${part}`));
  const [lower, expected, upper] = seriesOf(answer).map(({ datapoints }) => datapoints[0]?.[0] ?? NaN);
  expect(lower).toBeLessThan(expected!);
  expect(expected).toBe(50);
  expect(upper).toBeGreaterThan(50);
  expect(seriesOf(answer)[0]?.datapoints).toHaveLength(181);
});

describe('anomalies', () => {
  test('as a table, those that were open in the range', async () => {
    const answer = await query(rig, [{ target: 'anomalies' }]);
    expect(rowsOf(answer)).toMatchObject([
      { id: 'a', severity: 'critical', state: 'firing', ended: null, lower: 61, hpa: 'api' },
      { id: 'b', severity: 'warning', state: 'resolved', lower: null, kind: 'maxed_out', hpa: 'front' },
    ]);
  });

  test.each<[Record<string, unknown>, string[]]>([
    [{ state: 'firing' }, ['a']],
    [{ severity: '{warning,info}' }, ['b']],
    [{ kind: '(maxed_out|oscillation)' }, ['b']],
    [{ hpa: 'shop/api' }, ['a']],
    [{ cluster: ARN }, []],
    [{ limit: '1' }, ['a']],
  ])('by %j', async (payload, ids) => {
    expect(rowsOf(await query(rig, [{ target: 'anomalies', payload }])).map(({ id }) => id)).toEqual(ids);
  });

  test('as annotations: regions with title, text and tags', async () => {
    const answer = await query(rig, [{ refId: 'Anno', target: 'annotations', payload: { cluster: 'prod' } }]);
    expect(answer[0]?.refId).toBe('Anno');
    expect(rowsOf(answer)).toEqual([
      {
        time: Date.UTC(2026, 0, 5, 11, 30),
        timeEnd: Date.UTC(2026, 0, 5, 12),
        title: 'critical: cpu deviation · shop/api',
        text: expect.stringMatching(/^CPU of .*% Look\.$|^CPU of .* Look\.$/),
        tags: 'critical,cpu_deviation,prod,shop,api',
        id: 'a',
      },
      {
        time: Date.UTC(2026, 0, 5, 11),
        timeEnd: Date.UTC(2026, 0, 5, 11, 10),
        title: 'warning: maxed out · web/front',
        text: expect.any(String),
        tags: 'warning,maxed_out,prod,web,front',
        id: 'b',
      },
    ]);
  });
});

describe('tables of the watching', () => {
  test('HPAs with the state of each', async () => {
    rig.world.rows[1]!.active = false;
    const rows = rowsOf(await query(rig, [{ target: 'hpas' }]));
    expect(rows.map(({ cluster, hpa, state, cpu, worst }) => [cluster, hpa, state, cpu, worst !== null])).toEqual([
      [ARN, 'api', 'learning', 62, false],
      ['prod', 'api', 'critical', 60, true],
      ['prod', 'front', 'paused', 61, false],
    ]);
  });

  test('forwards, clusters, slots and the summary', async () => {
    rig.world.schedule = {
      ...rig.world.schedule,
      slots: [{ index: 0, startOffsetMs: 0, clusters: ['prod', ARN], lastExecutedAt: 5, executingSince: null }],
    };
    const answer = await query(rig, [
      { target: 'forwards' },
      { target: 'clusters' },
      { target: 'slots' },
      { target: 'summary' },
    ]);
    expect(rowsOf(answer, 0)).toMatchObject([
      { cluster: 'prod', status: 'active', uptime: '60s' },
      { cluster: ARN, status: 'stopped', restarts: 3 },
    ]);
    expect(rowsOf(answer, 1)).toMatchObject([
      { cluster: 'prod', hpas: 2, slot: 0, lane: 41553 },
      { cluster: ARN, hpas: 1, overruns: 0, mean_ms: null },
    ]);
    expect(rowsOf(answer, 2)).toMatchObject([
      { slot: 0, lane: 41553, cluster: 'prod', last_executed: 5 },
      { slot: 0, lane: 41554, cluster: ARN },
    ]);
    expect(rowsOf(answer, 3)).toMatchObject([
      { critical: 1, warning: 0, hpas: 3, forwards: 2, forwards_active: 1, database_size: 2.3, snapshots: 1_847 },
    ]);
    expect(rowsOf(await query(rig, [{ target: 'forwards', payload: { cluster: 'prod' } }]))).toHaveLength(1);
  });
});

describe('ad hoc filters', () => {
  const filter = (key: string, operator: string, value: string, values?: string[]) => ({
    key,
    operator,
    value,
    ...(values ? { values, condition: '' } : {}),
  });
  test.each<[ReturnType<typeof filter>, string[]]>([
    [filter('namespace', '=', 'shop'), [ARN, 'prod']],
    [filter('namespace', '!=', 'shop'), ['prod']],
    [filter('cluster', '=~', 'prod.*'), ['prod', 'prod']],
    [filter('cluster', '!~', 'prod|x'), [ARN]],
    [filter('hpa', '=|', 'front', ['front', 'none']), ['prod']],
    [filter('hpa', '!=|', 'front', ['front', 'none']), [ARN, 'prod']],
    [filter('severity', '=', 'critical'), ['prod']],
    [filter('kind', '=', 'cpu_deviation'), ['prod']],
    [filter('kind', '!=', 'cpu_deviation'), [ARN, 'prod']],
    [filter('state', '=', 'critical'), ['prod']],
    [filter('state', '=', 'queued'), [ARN, 'prod', 'prod']],
  ])('%j', async (one, clusters) => {
    const rows = rowsOf(await query(rig, [{ target: 'hpas' }], { filters: [one] }));
    expect(rows.map(({ cluster }) => cluster)).toEqual(clusters);
    const named = await query(rig, [{ target: 'hpas' }], { filters: undefined, adhocFilters: [one] });
    expect(rowsOf(named)).toEqual(rows);
  });

  test('all of them count, on anomalies too', async () => {
    const filters = [filter('state', '=', 'resolved'), filter('namespace', '=~', 'shop|web')];
    expect(rowsOf(await query(rig, [{ target: 'anomalies' }], { filters })).map(({ id }) => id)).toEqual(['b']);
  });
});
