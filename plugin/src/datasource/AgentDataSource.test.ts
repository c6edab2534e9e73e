import { describe, expect, test } from '@jest/globals';
import { CoreApp, type AnnotationQuery } from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { dataSource, panelRequest } from './data-source.fixture';
import { offered } from './NamesPicker';
import { withType } from './QueryEditor';
import type { HpaWatchQuery } from './query-model';
import { recordedAgent } from './recorded.fixture';
import { replaceWith } from './replace.fixture';
import { AgentProblem } from '../api/problem';
import type { VariableQuery } from './variable-query';

const away = async (): Promise<never> => {
  throw new AgentProblem('unreachable', 'Bad gateway');
};

describe('dashboard variables', () => {
  const ask = (query: Omit<VariableQuery, 'refId'>, around = {}) =>
    lastValueFrom(
      dataSource({ ...recordedAgent(), ...around }).variables.query({
        ...panelRequest([]),
        targets: [{ refId: 'v', ...query }],
      }),
    );

  test('HPAs of the clusters and namespaces that other variables hold', async () => {
    const replace = replaceWith({ cluster: 'prod', namespace: ['shop', 'web'] });
    expect(await ask({ variable: 'hpas', cluster: ['$cluster'], namespace: ['$namespace'] }, { replace })).toEqual({
      data: [
        { text: 'shop/api', value: 'shop/api' },
        { text: 'web/front', value: 'web/front' },
      ],
    });
  });

  test('an agent that is away is a sentence', async () => {
    await expect(ask({ variable: 'clusters' }, { send: away })).rejects.toThrow(
      'Grafana does not reach the agent. Check',
    );
  });

  test('are clusters at first', () => {
    expect(dataSource({}).variables.getDefaultQuery()).toEqual({ variable: 'clusters' });
  });
});

describe('ad hoc filters', () => {
  test('keys and values', async () => {
    const source = dataSource(recordedAgent());
    expect((await source.getTagKeys()).map(({ text }) => text)).toContain('severity');
    expect(await source.getTagValues({ key: 'severity', filters: [] })).toEqual([
      { text: 'critical' },
      { text: 'warning' },
      { text: 'info' },
    ]);
  });
});

describe('annotations', () => {
  test.each<[string, HpaWatchQuery | undefined]>([
    ['of a new dashboard', undefined],
    ['saved with another type', { refId: 'Anno', queryType: 'hpas', live: true }],
  ])('%s ask for annotations, once', (_, target) => {
    const prepared = dataSource({}).annotations.prepareQuery?.({ target } as AnnotationQuery<HpaWatchQuery>);
    expect(prepared).toEqual({ refId: 'Anno', queryType: 'annotations', live: undefined });
  });
});

test.each<[CoreApp, string]>([
  [CoreApp.Explore, 'hpas'],
  [CoreApp.PanelEditor, 'series'],
])('a new query in %s asks for %s', (app, queryType) => {
  const query = { refId: 'A', ...dataSource({}).getDefaultQuery(app) };
  expect(query.queryType).toBe(queryType);
  expect(dataSource({}).filterQuery(query)).toBe(true);
});

test.each<[HpaWatchQuery, string]>([
  [
    { refId: 'A', queryType: 'band', metric: ['cpu'], cluster: ['prod'], hpa: ['shop/api'] },
    'band cpu, cluster prod, hpa shop/api',
  ],
  [{ refId: 'A', queryType: 'series', live: true }, 'series cpu_current, live'],
  [
    { refId: 'A', queryType: 'anomalies', severity: ['critical', 'warning'], legend: 'x' },
    'anomalies, severity critical warning',
  ],
  [{ refId: 'A', queryType: 'summary', cluster: ['prod'] }, 'summary'],
  [{ refId: 'A' }, ''],
])('a query in one line: %j', (query, text) => {
  expect(dataSource({}).getQueryDisplayText(query)).toBe(text);
});

test('the options of a picker are narrowed by what the query holds elsewhere', async () => {
  const agent = recordedAgent();
  const source = dataSource({ ...agent, replace: replaceWith({ cluster: 'prod' }) });
  const query: HpaWatchQuery = { refId: 'A', queryType: 'hpas', cluster: ['$cluster'] };
  expect(await source.options({ query, field: 'hpa' })).toEqual(['shop/api', 'web/front']);
});

test.each([
  ['', ['$cluster', 'prod', 'cpu_deviation']],
  ['PRO', ['prod']],
  ['cpu dev', ['cpu_deviation']],
  ['$', ['$cluster']],
])('typed "%s", a picker offers %j', (typed, names) => {
  expect(offered(['prod', 'cpu_deviation'], ['cluster'], typed)).toEqual(names);
});

test('a metric belongs to the type of its query', () => {
  const query: HpaWatchQuery = { refId: 'A', queryType: 'series', metric: ['replicas_max'], hpa: ['api'] };
  expect(withType(query, 'band')).toEqual({ refId: 'A', queryType: 'band', metric: ['cpu'], hpa: ['api'] });
  expect(withType(query, 'hpas').metric).toBeUndefined();
  expect(withType(query, 'series')).toBe(query);
});
