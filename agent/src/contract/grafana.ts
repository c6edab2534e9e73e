import { z } from 'zod';

/**
 * The protocol of the generic JSON data source (simpod-json-datasource 0.6) under /grafana/. Grafana sends more with each request than is
 * read here, so bodies are loose.
 */
export const GRAFANA_TARGETS = [
  'series',
  'band',
  'anomalies',
  'annotations',
  'hpas',
  'slots',
  'forwards',
  'clusters',
  'summary',
] as const;
export type GrafanaTarget = (typeof GRAFANA_TARGETS)[number];

export const MAX_TARGETS = 26;

const payloadSchema = z
  .union([z.record(z.string(), z.unknown()), z.string().max(10_000)])
  .nullish()
  .describe('an object, or one as JSON text');

const rangeSchema = z.looseObject({
  from: z.iso.datetime({ offset: true }).describe('ISO 8601 with a zone, such as 2026-01-05T12:00:00Z'),
  to: z.iso.datetime({ offset: true }).describe('ISO 8601 with a zone, such as 2026-01-05T15:00:00Z'),
});

const filterSchema = z.looseObject({
  key: z.string().max(100),
  operator: z.string().max(10),
  value: z.string().max(2_000).nullish(),
  values: z.array(z.string().max(500)).max(200).nullish(),
});

export const grafanaQuerySchema = z.looseObject({
  range: rangeSchema.nullish().describe('{from, to}; the last 3 h by default'),
  intervalMs: z.number().positive().nullish().describe('a number over 0'),
  maxDataPoints: z.number().positive().nullish().describe('a number over 0'),
  targets: z
    .array(
      z.looseObject({
        refId: z.string().max(100).nullish(),
        target: z.string().max(500).nullish(),
        payload: payloadSchema,
        hide: z.boolean().nullish(),
      }),
    )
    .max(MAX_TARGETS)
    .describe(`at most ${MAX_TARGETS} of {refId, target, payload}`),
  filters: z.array(filterSchema).max(50).nullish().describe('at most 50 of {key, operator, value}'),
  adhocFilters: z.array(filterSchema).max(50).nullish().describe('at most 50 of {key, operator, value}'),
});
export type GrafanaQueryRequest = z.input<typeof grafanaQuerySchema>;

const cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export const grafanaTableSchema = z.object({
  type: z.literal('table'),
  refId: z.string(),
  columns: z.array(
    z.object({ text: z.string(), type: z.enum(['time', 'number', 'string', 'boolean']), unit: z.string().optional() }),
  ),
  rows: z.array(z.array(cell)),
});
export type GrafanaTable = z.infer<typeof grafanaTableSchema>;

export const grafanaSeriesSchema = z.object({
  target: z.string(),
  title: z.string().describe('the same: Grafana shows it without the labels'),
  refId: z.string(),
  datapoints: z.array(z.tuple([z.number().nullable(), z.number()])).describe('[value, epoch ms]'),
  tags: z.record(z.string(), z.string()),
  unit: z.string().optional().describe('a unit of Grafana'),
});
export type GrafanaSeries = z.infer<typeof grafanaSeriesSchema>;

export const grafanaAnswerSchema = z.array(z.union([grafanaTableSchema, grafanaSeriesSchema]));
export type GrafanaAnswer = z.infer<typeof grafanaAnswerSchema>;

export const metricsRequestSchema = z.looseObject({ metric: z.unknown().optional(), payload: z.unknown().optional() });

const optionSchema = z.object({ label: z.string(), value: z.string() });
export type GrafanaOption = z.infer<typeof optionSchema>;

export const metricsAnswerSchema = z.array(
  z.object({
    label: z.string(),
    value: z.enum(GRAFANA_TARGETS),
    payloads: z.array(
      z.object({
        label: z.string(),
        name: z.string(),
        type: z.enum(['input', 'select', 'multi-select', 'textarea']),
        placeholder: z.string().optional(),
        reloadMetric: z.boolean().optional(),
        width: z.number().int().optional(),
        options: z.array(optionSchema).optional().describe('absent: asked for with /metric-payload-options'),
      }),
    ),
  }),
);
export type GrafanaMetrics = z.infer<typeof metricsAnswerSchema>;

export const payloadOptionsRequestSchema = z.looseObject({
  metric: z.string().max(500).nullish(),
  payload: payloadSchema,
  name: z.string().min(1).max(100).describe('the name of a payload of that metric'),
});
export const payloadOptionsAnswerSchema = z.array(optionSchema);

export const variableRequestSchema = z.looseObject({
  payload: z
    .union([
      z.looseObject({ target: z.string().max(2_000).describe('such as namespaces(prod)') }),
      z.string().max(2_000),
    ])
    .describe('{target}, such as {"target":"hpas(prod, shop)"}'),
});
export const variableAnswerSchema = z.array(z.object({ __text: z.string(), __value: z.string() }));

export const tagKeysRequestSchema = z.looseObject({});
export const tagKeysAnswerSchema = z.array(z.object({ type: z.literal('string'), text: z.string() }));
export const tagValuesRequestSchema = z.looseObject({ key: z.string().min(1).max(100).describe('one of /tag-keys') });
export const tagValuesAnswerSchema = z.array(z.object({ text: z.string() }));

export const grafanaHomeSchema = z.object({
  status: z.literal('success'),
  message: z.string(),
  version: z.string(),
});
