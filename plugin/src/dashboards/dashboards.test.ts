import { describe, expect, test } from '@jest/globals';
import { grafanaQuerySchema } from '../../../agent/src/contract/grafana';
import { APP_ID, DATASOURCE_TYPE } from '../ids';
import app from '../plugin.json';
import { bodyOf } from '../datasource/build-request';
import { FIELDS_OF, isQueryType, type HpaWatchQuery } from '../datasource/query-model';
import { VARIABLE_TAKES, type VariableName } from '../datasource/variable-query';
import agentHealth from './agent-health.json';
import fleetOverview from './fleet-overview.json';
import oneHpa from './one-hpa.json';

type Panel = {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: HpaWatchQuery[];
  options?: object;
};

type Variable = { name: string; type: string; query: unknown; includeAll: boolean; allValue?: string };

type Dashboard = {
  id: null;
  uid: string;
  title: string;
  schemaVersion: number;
  panels: Panel[];
  templating: { list: Variable[] };
  annotations: { list: { name: string; builtIn?: number; target?: HpaWatchQuery }[] };
  links: { url: string }[];
};

const DASHBOARDS: [string, Dashboard][] = [
  ['fleet-overview', fleetOverview as unknown as Dashboard],
  ['one-hpa', oneHpa as unknown as Dashboard],
  ['agent-health', agentHealth as unknown as Dashboard],
];

const SCHEMA_OF_12_3 = 42;
const COLUMNS = 24;
const CORE_PANELS = ['stat', 'table', 'timeseries', 'bargauge', 'row'];
const OWN_PANELS = ['hpawatch-baseline-panel', 'hpawatch-schedule-panel', 'hpawatch-enrolment-panel'];
/** What every query has, whatever its type. */
const COMMON = ['refId', 'datasource', 'queryType', 'filters', 'live', 'hide'];

const queriesOf = ({ panels, annotations }: Dashboard): [string, HpaWatchQuery[]][] => [
  ...panels.flatMap(({ title, targets }): [string, HpaWatchQuery[]][] => (targets ? [[title, targets]] : [])),
  ...annotations.list.flatMap(({ name, target }): [string, HpaWatchQuery[]][] => (target ? [[name, [target]]] : [])),
];

/** Variables that a part of a dashboard uses; Grafana's own begin with two underscores. */
const variablesIn = (part: unknown): string[] => [
  ...new Set([...JSON.stringify(part).matchAll(/\$\{?([A-Za-z]\w*)/g)].map(([, name]) => name ?? '')),
];

const overlaps = (a: Panel['gridPos'], b: Panel['gridPos']): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

test('the app bundles each of them, under a uid of its own', () => {
  const bundled = app.includes.filter(({ type }) => type === 'dashboard');
  expect(bundled.map(({ path }) => path)).toEqual(DASHBOARDS.map(([name]) => `dashboards/${name}.json`));
  expect(bundled.map(({ name }) => name)).toEqual(DASHBOARDS.map(([, { title }]) => title));
  expect(new Set(DASHBOARDS.map(([, { uid }]) => uid)).size).toBe(DASHBOARDS.length);
});

describe.each(DASHBOARDS)('%s', (_, dashboard) => {
  test('is of the oldest Grafana that is supported and asks nothing when it is imported', () => {
    expect(dashboard).toMatchObject({ id: null, schemaVersion: SCHEMA_OF_12_3 });
    expect(dashboard).not.toHaveProperty('__inputs');
    expect(dashboard.uid).toMatch(/^hpawatch-/);
  });

  test('panels have ids of their own, titles, and lie beside each other within the grid', () => {
    const { panels } = dashboard;
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, type, gridPos } of panels) {
      expect([title, title.length > 0]).toEqual([title, true]);
      expect([...CORE_PANELS, ...OWN_PANELS]).toContain(type);
      expect([title, gridPos.x + gridPos.w <= COLUMNS]).toEqual([title, true]);
    }
    const pairs = panels.flatMap((a, i) => panels.slice(i + 1).map((b) => [a, b] as const));
    const overlapping = pairs.filter(([a, b]) => overlaps(a.gridPos, b.gridPos));
    expect(overlapping.map(([a, b]) => `${a.title} and ${b.title}`)).toEqual([]);
  });

  test('every variable that is used is defined, and every one defined is used', () => {
    const defined = dashboard.templating.list.map(({ name }) => name);
    const used = variablesIn([dashboard.panels, dashboard.annotations, dashboard.templating]);
    expect(used.sort()).toEqual(defined.sort());
  });

  test('variables are filled by queries that the agent knows, each by those before it', () => {
    const [first, ...rest] = dashboard.templating.list;
    expect(first).toMatchObject({ name: 'datasource', type: 'datasource', query: DATASOURCE_TYPE });
    const before = ['datasource'];
    for (const { name, query, includeAll, allValue } of rest) {
      const { variable, refId, ...taken } = query as { variable: VariableName; refId: string };
      expect(refId).toBe('variable');
      for (const field of Object.keys(taken)) expect(VARIABLE_TAKES[variable]).toContain(field);
      for (const used of variablesIn(taken)) expect(before).toContain(used);
      expect(allValue).toBe(includeAll ? '*' : undefined);
      before.push(name);
    }
  });

  test.each(queriesOf(dashboard))('the queries of "%s" are some that the agent takes', (_title, queries) => {
    expect(new Set(queries.map(({ refId }) => refId)).size).toBe(queries.length);
    for (const { queryType, datasource, ...query } of queries) {
      if (!isQueryType(queryType)) throw new Error(`no such query type: ${queryType}`);
      const allowed: readonly string[] = [...FIELDS_OF[queryType], ...COMMON];
      expect(Object.keys(query).filter((field) => !allowed.includes(field))).toEqual([]);
      expect([undefined, '${datasource}']).toContain(datasource?.uid);
    }
    const asking = { from: 0, to: 3_600_000, intervalMs: 60_000, maxDataPoints: 500, filters: [] };
    expect(grafanaQuerySchema.safeParse(bodyOf(queries, asking)).error).toBeUndefined();
  });

  test('links lead to pages of the app, or to dashboards that are bundled', () => {
    const uids = DASHBOARDS.map(([, { uid }]) => `/d/${uid}`);
    const pages = app.includes.flatMap(({ type, path }) =>
      type === 'page' ? [path.replace('%PLUGIN_ID%', APP_ID)] : [],
    );
    for (const { url } of dashboard.links) expect([...uids, ...pages]).toContain(url);
  });
});
