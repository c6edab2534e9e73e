import {
  grafanaAnswerSchema,
  grafanaHomeSchema,
  grafanaQuerySchema,
  metricsAnswerSchema,
  metricsRequestSchema,
  payloadOptionsAnswerSchema,
  payloadOptionsRequestSchema,
  tagKeysAnswerSchema,
  tagKeysRequestSchema,
  tagValuesAnswerSchema,
  tagValuesRequestSchema,
  variableAnswerSchema,
  variableRequestSchema,
} from '../../contract/grafana.ts';
import type { EventLoopWatch } from '../event-loop.ts';
import type { FleetItems } from '../fleet-items.ts';
import { jsonRoute, type Reply, type Route } from '../route.ts';
import type { Services } from '../services.ts';
import { FILTER_KEYS } from './ad-hoc.ts';
import { CATALOG } from './catalog.ts';
import { payloadOptions, tagValues, variableValues, type OptionFacts } from './options.ts';
import { answerQuery } from './query.ts';
import { watchingTables } from './watching.ts';

const TAG = 'grafana';

type Deps = Pick<
  Services,
  'store' | 'anomalies' | 'baselines' | 'fleet' | 'schedule' | 'forwards' | 'metrics' | 'clock' | 'version'
> & { items: FleetItems; loop: EventLoopWatch };

/** As the protocol has it: the bare value, without `status`. */
const bare = (body: object): Reply => ({ status: 200, body });

/** The protocol of Grafana's generic JSON data source (simpod-json-datasource): its URL is that of the agent with /grafana. */
export const grafanaRoutes = (deps: Deps): Route[] => {
  const { items, fleet, version } = deps;
  const watching = watchingTables(deps);
  const facts = async (): Promise<OptionFacts> => ({ snapshot: await items.read(), fleet });
  const ask = { method: 'post', tag: TAG, readsOnly: true } as const;

  return [
    jsonRoute({
      method: 'get',
      path: '/grafana',
      tag: TAG,
      summary: "The test of Grafana's JSON data source.",
      answers: { 200: grafanaHomeSchema },
      handle: async () => bare({ status: 'success', message: 'HPA Watch answers the JSON data source here', version }),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/metrics',
      summary: 'What can be queried, and the pickers of each.',
      body: metricsRequestSchema.optional(),
      answers: { 200: metricsAnswerSchema },
      handle: async () => bare(CATALOG),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/metric-payload-options',
      summary: 'The options of one picker, given what the others hold.',
      body: payloadOptionsRequestSchema,
      answers: { 200: payloadOptionsAnswerSchema },
      handle: async ({ body }) => bare(payloadOptions(body, await facts())),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/query',
      summary: 'Series, bands, annotations and tables of a panel.',
      body: grafanaQuerySchema,
      answers: { 200: grafanaAnswerSchema },
      handle: async ({ body }) => bare(await answerQuery(body, { ...deps, snapshot: await items.read(), watching })),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/variable',
      summary: 'The values of a dashboard variable.',
      body: variableRequestSchema,
      answers: { 200: variableAnswerSchema },
      handle: async ({ body }) => bare(variableValues(body, await facts())),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/tag-keys',
      summary: 'What ad hoc filters can filter by.',
      body: tagKeysRequestSchema.optional(),
      answers: { 200: tagKeysAnswerSchema },
      handle: async () => bare(FILTER_KEYS.map((text) => ({ type: 'string', text }))),
    }),

    jsonRoute({
      ...ask,
      path: '/grafana/tag-values',
      summary: 'The values of one of them.',
      body: tagValuesRequestSchema,
      answers: { 200: tagValuesAnswerSchema },
      handle: async ({ body }) => bare(tagValues(body.key, await facts())),
    }),
  ];
};
