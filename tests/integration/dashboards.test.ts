import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { GrafanaAnswer, HpaListAnswer } from '../../agent/src/contract/api.ts';
import { systemClock } from '../../agent/src/core/clock.ts';
import { startDemo, type RunningDemo } from '../../agent/src/demo/start.ts';
import { eventually, newDataDir, removeDataDirs, startAgentProcess, type AgentProcess } from '../rig/agent.ts';
import { freePort } from '../rig/free-port.ts';

/** The queries of the bundled dashboards, as Grafana sends them, against a whole agent over the simulated fleet. */

type Query = { refId: string; queryType: string; datasource?: unknown; filters?: unknown[] } & Record<string, unknown>;
type Panel = {
  title: string;
  type: string;
  targets?: Query[];
  options?: { reduceOptions?: { fields: string } };
  transformations?: { id: string; options: Organize | { include: { names: string[] } } }[];
};
type Organize = { excludeByName: Record<string, boolean>; renameByName: Record<string, string> };
type Dashboard = {
  title: string;
  panels: Panel[];
  templating: { list: { name: string; type: string; allValue?: string; query: Record<string, unknown> }[] };
  annotations: { list: { name: string; target?: Query }[] };
};

const DASHBOARDS = ['fleet-overview', 'one-hpa', 'agent-health'].map(
  (name) =>
    JSON.parse(readFileSync(new URL(`../../plugin/src/dashboards/${name}.json`, import.meta.url), 'utf8')) as Dashboard,
);

let story: RunningDemo;
let agent: AgentProcess;
/** What the dashboards' variables hold: the HPA with the worst anomaly. */
let chosen: Record<string, string>;

beforeAll(async () => {
  story = await startDemo({ clock: systemClock, seed: 1, host: '127.0.0.1', since: Date.now() - 15 * 60_000 });
  agent = await startAgentProcess({
    dataDir: newDataDir(),
    slotDuration: '2s',
    lanes: [await freePort(), await freePort()],
    clusters: story.clusters.map(({ name, url }) => ({ name, prometheusUrl: url })),
  });
  for (const { name } of story.clusters)
    await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: name, all: true });
  const worst = await eventually('an HPA with a baseline has a critical anomaly', 120_000, async () => {
    const { body } = await agent.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas?limit=1000&sort=worst');
    const isDone = body.hpas.every(({ baseline, last_scan }) => /ready|partial/.test(baseline.state) && last_scan);
    const [first] = body.hpas;
    return isDone && first?.has_baseline === true && first.worst_anomaly?.severity === 'critical' ? first : null;
  });
  chosen = { cluster: worst.cluster, namespace: worst.namespace, hpa: worst.hpa };
}, 180_000);
afterAll(async () => {
  await agent?.stop();
  await story?.stop();
  removeDataDirs();
});

const filled = <T>(part: T, values = chosen): T =>
  JSON.parse(
    JSON.stringify(part).replaceAll(/\$(cluster|namespace|hpa)\b/g, (_, name: string) => values[name] ?? ''),
  ) as T;

/** The body of one request: those of a panel that have the same filters of their own. */
async function answerOf(queries: readonly Query[], values = chosen): Promise<GrafanaAnswer> {
  const groups = new Map<string, Query[]>();
  for (const query of queries) {
    const key = JSON.stringify(query.filters ?? []);
    groups.set(key, [...(groups.get(key) ?? []), query]);
  }
  const answers = await Promise.all(
    [...groups].map(async ([filters, group]) => {
      const { status, body } = await agent.api<GrafanaAnswer>('POST', '/grafana/query', {
        range: { from: new Date(Date.now() - 24 * 3_600_000).toISOString(), to: new Date().toISOString() },
        intervalMs: 60_000,
        maxDataPoints: 800,
        filters: JSON.parse(filters) as unknown,
        targets: group.map(({ refId, queryType, datasource: _datasource, filters: _filters, ...payload }) => ({
          refId,
          target: queryType,
          payload: filled(payload, values),
        })),
      });
      expect([status, status === 200 ? null : body]).toEqual([200, null]);
      return body;
    }),
  );
  return answers.flat();
}

describe.each(DASHBOARDS.map((dashboard) => [dashboard.title, dashboard] as const))('%s', (_, dashboard) => {
  const asking = dashboard.panels.flatMap((panel) =>
    panel.targets ? [[panel.title, panel, panel.targets] as const] : [],
  );

  test.each(asking)('"%s" has something to show from each of its queries', async (_title, panel, targets) => {
    const answer = await answerOf(targets);
    const answered = new Set(answer.map(({ refId }) => refId));
    expect([...answered].sort()).toEqual(targets.map(({ refId }) => refId).sort());
    const isFilled = answer.map((one) =>
      'columns' in one ? one.rows.length : one.datapoints.filter(([value]) => value !== null).length,
    );
    expect([panel.title, Math.min(...isFilled) > 0]).toEqual([panel.title, true]);
  });

  const all = Object.fromEntries(
    dashboard.templating.list.flatMap(({ name, allValue }) => (allValue ? [[name, allValue]] : [])),
  );
  if (Object.keys(all).length > 0)
    test.each(asking)('"%s" shows as much or more with all chosen', async (_title, _panel, targets) => {
      const lengthOf = (answer: GrafanaAnswer): number =>
        answer.reduce((sum, one) => sum + ('columns' in one ? one.rows.length : 1), 0);
      expect(lengthOf(await answerOf(targets, all))).toBeGreaterThanOrEqual(lengthOf(await answerOf(targets)));
    });

  const columned = asking.filter(([, { options, transformations }]) => options?.reduceOptions ?? transformations);
  if (columned.length > 0)
    test.each(columned)('"%s" names columns that the agent gives', async (_title, panel, targets) => {
      const [table] = await answerOf(targets);
      const columns = table !== undefined && 'columns' in table ? table.columns.map(({ text }) => text) : [];
      const shown = panel.options?.reduceOptions?.fields.replaceAll(/[/^$()]/g, '');
      const all = (panel.transformations ?? []).map(({ options }) => options);
      const organized = all.flatMap((one) =>
        'include' in one ? [] : [...Object.keys(one.excludeByName), ...Object.keys(one.renameByName)],
      );
      const kept = all.flatMap((one) => ('include' in one ? one.include.names : []));
      for (const name of [...(shown ? [shown] : []), ...kept, ...organized]) expect(columns).toContain(name);
      // No column is forgotten: each is left out or has a name for people.
      if (organized.length > 0) expect([...organized].sort()).toEqual([...columns].sort());
    });

  const annotations = dashboard.annotations.list.flatMap(({ name, target }) =>
    target ? [[name, target] as const] : [],
  );
  if (annotations.length > 0)
    test.each(annotations)('annotations "%s" are regions', async (_name, target) => {
      const [table] = await answerOf([target]);
      expect(table).toMatchObject({ type: 'table' });
      const columns = table !== undefined && 'columns' in table ? table.columns.map(({ text }) => text) : [];
      expect(columns).toEqual(expect.arrayContaining(['time', 'timeEnd', 'title', 'text', 'tags', 'id']));
    });

  const variables = dashboard.templating.list.filter(({ type }) => type === 'query');
  test.each(variables.map(({ name, query }) => [name, query] as const))(
    '$%s offers what is chosen',
    async (name, query) => {
      const { refId: _refId, variable, ...given } = query;
      const { status, body } = await agent.api<{ __value: string }[]>('POST', '/grafana/variable', {
        payload: { target: variable, ...filled(given) },
      });
      expect(status).toBe(200);
      expect(body.map(({ __value: value }) => value)).toContain(chosen[name]);
    },
  );
});
