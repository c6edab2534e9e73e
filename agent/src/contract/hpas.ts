import { z } from 'zod';
import { ANOMALY_KIND_NAMES, anomalySchema, SEVERITY_NAMES } from './anomalies.ts';
import { clusterNameSchema, hpaKeyShape, successSchema, timestampSchema } from './common.ts';
import type { BaselineStateName } from './events.ts';

export const BASELINE_STATES = [
  'queued',
  'running',
  'ready',
  'partial',
  'failed',
] as const satisfies BaselineStateName[];
export const HPA_FILTER_STATES = [...BASELINE_STATES, 'paused', 'gone'] as const;
export type HpaStateFilter = (typeof HPA_FILTER_STATES)[number];

/** worst: what fires, the worst first. All others ascend; a `-` before the name turns the order. Unknown values come last. */
export const HPA_SORTS = ['cluster', 'name', 'worst', 'cpu', 'pressure', 'replicas', 'last_scan'] as const;
export type HpaSortName = (typeof HPA_SORTS)[number];
const SORT_TEXTS = HPA_SORTS.flatMap((name) => [name, `-${name}`] as const);
export type HpaSortText = HpaSortName | `-${HpaSortName}`;

export const HPA_ANOMALY_FILTERS = ['any', ...SEVERITY_NAMES, 'none'] as const;

export const hpaListQuerySchema = z.strictObject({
  cluster: clusterNameSchema.optional(),
  namespace: hpaKeyShape.namespace.optional(),
  q: z.string().min(1).max(200).describe('part of namespace/hpa, any case, 1 to 200 characters').optional(),
  state: z.enum(HPA_FILTER_STATES).describe('where the baseline stands, or paused, or gone').optional(),
  anomaly: z
    .enum(HPA_ANOMALY_FILTERS)
    .describe('any: something fires; none: nothing does; else the highest severity of what fires')
    .optional(),
  sort: z.enum(SORT_TEXTS).default('cluster').describe('cluster: by cluster, namespace and name'),
  limit: z.coerce.number().int().min(1).max(1_000).default(100).describe('a whole number from 1 to 1000'),
  cursor: z.string().min(1).max(2_000).describe('next_cursor of the page before, with the same sort').optional(),
  since: z
    .string()
    .min(1)
    .max(200)
    .describe('revision of an answer before: only what changed since, on one page whatever the limit; not with cursor')
    .optional(),
});

const percent = z.number().min(0).max(100);
const count = z.number().int().min(0);
const measured = z.number().nullable();

/** One HPA at one minute. null: not known, never 0. Units: CPU in % of requests (or of a core), memory in MiB a pod. */
export const sampleSchema = z.object({
  timestamp: timestampSchema,
  cpu_current: measured,
  memory_current: measured,
  memory_utilization: measured,
  replicas_current: measured,
  replicas_desired: measured,
  replicas_ready: measured,
  pressure: measured,
  scaling_limited: measured,
  scaling_active: measured,
  cpu_target: measured,
  memory_target: measured,
  replicas_min: measured,
  replicas_max: measured,
  cpu_basis: z.enum(['request', 'core']).nullable(),
  approximate: z.boolean().describe('the pods were found by the shape of their names, not by their owners'),
});
export type SampleView = z.infer<typeof sampleSchema>;

export const hpaItemSchema = z.object({
  ...hpaKeyShape,
  has_baseline: z.boolean(),
  monitoring_active: z.boolean().describe('false while paused'),
  last_scan: timestampSchema.nullable(),
  baseline_coverage: percent.nullable().describe('lowest coverage of what a baseline needs, in %'),
  baseline: z.object({
    state: z.enum(BASELINE_STATES),
    coverage: percent.nullable(),
    progress: percent,
    reason: z.string().nullable().describe('why it is partial or failed'),
  }),
  anomalies: z.object({
    firing: count,
    worst: z.enum(SEVERITY_NAMES).nullable().describe('the highest severity of those; null: none fires'),
  }),
  worst_anomaly: z
    .object({
      id: z.string(),
      kind: z.enum(ANOMALY_KIND_NAMES),
      severity: z.enum(SEVERITY_NAMES),
      sentence: z.string(),
      started_at: timestampSchema,
      acknowledged_at: timestampSchema.nullable(),
    })
    .nullable()
    .describe('of those that fire: critical ones first, then by score'),
  muted_until: timestampSchema.nullable().describe('nobody is told of its anomalies before'),
  gone_since: timestampSchema.nullable().describe('since when the cluster no longer shows it'),
  latest: sampleSchema.nullable(),
});
export type HpaItem = z.infer<typeof hpaItemSchema>;

export const hpaListAnswerSchema = z.object({
  status: successSchema,
  hpas: z.array(hpaItemSchema),
  removed: z.array(z.object(hpaKeyShape)).describe('with since: no longer watched, or no longer matching the filter'),
  revision: z.string().describe('give it back as since'),
  full: z.boolean().describe('false: only what changed since; true: the list itself, replace what you hold'),
  total: count.describe('HPAs that match the filter, on all pages'),
  next_cursor: z.string().nullable().describe('null on the last page'),
});
export type HpaListAnswer = z.infer<typeof hpaListAnswerSchema>;

export const scaleTargetSchema = z.object({ kind: z.string(), name: z.string() });
export const metricTargetSchema = z.object({
  name: z.string(),
  type: z.enum(['utilization', 'average', 'value']),
  container: z.string().nullable(),
  target: z.number().describe("in %, for average and value in the metric's own unit"),
});

/** One HPA in full: the item of the list, and what only its own page needs. */
export const hpaDetailSchema = hpaItemSchema.extend({
  timezone: z.string().describe('IANA time zone of its daily rhythm'),
  enrolled_at: timestampSchema,
  seen_at: timestampSchema
    .nullable()
    .describe('when the cluster showed it last; while it is there, up to ten minutes older'),
  target: scaleTargetSchema.nullable(),
  metrics: z.array(metricTargetSchema),
  conditions: z
    .object({ scaling_active: z.boolean().nullable(), scaling_limited: z.boolean().nullable() })
    .describe("of the HPA's status at the latest sample; null: not known"),
  open_anomalies: z.array(anomalySchema).describe('those that fire, the worst first'),
  baseline: hpaItemSchema.shape.baseline.extend({
    columns: z.record(z.string(), percent).describe('coverage in % of each metric'),
    window_end: timestampSchema.nullable(),
    attempts: count,
    next_attempt: timestampSchema.nullable(),
    ready_at: timestampSchema.nullable(),
  }),
});
export type HpaDetail = z.infer<typeof hpaDetailSchema>;

export const hpaAnswerSchema = z.object({ status: successSchema, hpa: hpaDetailSchema });
export type HpaAnswer = z.infer<typeof hpaAnswerSchema>;

export const hpaPatchRequestSchema = z.strictObject({
  monitoring_active: z.boolean().describe('true or false').optional(),
  timezone: z
    .string()
    .max(100)
    .nullable()
    .describe('an IANA time zone such as Europe/Berlin, or null for UTC')
    .optional(),
});
export type HpaPatchRequest = z.infer<typeof hpaPatchRequestSchema>;

export const hpaDeleteQuerySchema = z.strictObject({
  purge: z.enum(['true', 'false']).describe('true removes the history too').optional(),
});
export const hpaDeleteAnswerSchema = z.object({ status: successSchema, message: z.string(), purged: z.boolean() });
export type HpaDeleteAnswer = z.infer<typeof hpaDeleteAnswerSchema>;
