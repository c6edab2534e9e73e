import { z } from 'zod';
import { clusterNameSchema, hpaKeyShape, instantSchema, successSchema, timestampSchema } from './common.ts';

export const ANOMALY_KIND_NAMES = [
  'cpu_deviation',
  'memory_deviation',
  'replicas_deviation',
  'pressure_deviation',
  'level_shift',
  'maxed_out',
  'scaling_stuck',
  'oscillation',
  'replicas_mismatch',
  'scaling_inactive',
  'underutilised',
  'memory_leak',
  'telemetry_lost',
  'config_changed',
] as const;
export type AnomalyKindName = (typeof ANOMALY_KIND_NAMES)[number];

/** From strong to weak. */
export const SEVERITY_NAMES = ['critical', 'warning', 'info'] as const;
export type SeverityName = (typeof SEVERITY_NAMES)[number];

/** pending: seen, not yet for long enough; firing: told; resolved: over. */
export const ANOMALY_STATE_NAMES = ['pending', 'firing', 'resolved'] as const;
export type AnomalyStateName = (typeof ANOMALY_STATE_NAMES)[number];

/** The metrics that have a baseline. Units: CPU in % of requests (or of a core), memory in MiB a pod, replicas, current/target. */
export const BASELINE_METRICS = ['cpu', 'memory', 'replicas', 'pressure'] as const;
export type BaselineMetric = (typeof BASELINE_METRICS)[number];

const someOf = (names: readonly string[]) =>
  z
    .string()
    .min(1)
    .max(500)
    .describe(`some of ${names.join(', ')}, parted by commas; all by default`)
    .optional();

export const anomalyListQuerySchema = z.strictObject({
  state: someOf(ANOMALY_STATE_NAMES),
  severity: someOf(SEVERITY_NAMES),
  kind: someOf(ANOMALY_KIND_NAMES),
  cluster: clusterNameSchema.optional(),
  namespace: hpaKeyShape.namespace.optional(),
  hpa: hpaKeyShape.hpa.optional(),
  from: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T12:00:00Z: those that were open then or later')
    .optional(),
  to: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T15:00:00Z: those that began then or earlier')
    .optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100).describe('a whole number from 1 to 500'),
  cursor: z.string().min(1).max(2_000).describe('next_cursor of the page before').optional(),
  since: z
    .string()
    .min(1)
    .max(200)
    .describe('revision of an answer before: only what changed since; not with cursor')
    .optional(),
});

export const bandSchema = z.object({ expected: z.number(), lower: z.number(), upper: z.number() });

/** One departure of one HPA from what is usual. Times are the times of samples. */
export const anomalySchema = z.object({
  id: z.string().describe('the same from the first minute to the last, over restarts too'),
  kind: z.enum(ANOMALY_KIND_NAMES),
  severity: z.enum(SEVERITY_NAMES),
  state: z.enum(ANOMALY_STATE_NAMES),
  ...hpaKeyShape,
  started_at: timestampSchema.describe('first sample of the departure'),
  fired_at: timestampSchema.nullable(),
  last_seen_at: timestampSchema,
  ended_at: timestampSchema.nullable(),
  metric: z.enum(BASELINE_METRICS).nullable(),
  direction: z.enum(['over', 'under']).nullable(),
  observed: z.number().nullable().describe('at last_seen_at'),
  band: bandSchema.nullable().describe('what was usual at last_seen_at; null where a rule needs no baseline'),
  score: z.number().describe('the highest so far'),
  sentence: z.string().describe('what is wrong, for people'),
  advice: z.string().nullable().describe('what to try next'),
  promql: z.string().describe('the query that shows it'),
  parent_id: z.string().nullable().describe('the stronger anomaly of the same HPA that this one belongs to'),
  cluster_event_id: z.string().nullable().describe('shared by anomalies of many HPAs that began together'),
  acknowledged_at: timestampSchema.nullable(),
  excluded: z.boolean().describe('its minutes are left out of the baseline'),
});
export type AnomalyView = z.infer<typeof anomalySchema>;

export const anomalyListAnswerSchema = z.object({
  status: successSchema,
  anomalies: z.array(anomalySchema).describe('newest first'),
  removed: z.array(z.string()).describe('with since: ids of those that changed and no longer match the filter'),
  revision: z.string().describe('give it back as since'),
  full: z.boolean().describe('false: only what changed since; true: the list itself, replace what you hold'),
  total: z.number().int().min(0).describe('anomalies that match the filter, on all pages'),
  next_cursor: z.string().nullable().describe('null on the last page'),
});
export type AnomalyListAnswer = z.infer<typeof anomalyListAnswerSchema>;

export const anomalyPathSchema = z.strictObject({ id: z.string().min(1).max(200).describe('the id of an anomaly') });

export const anomalyAnswerSchema = z.object({ status: successSchema, anomaly: anomalySchema });
export type AnomalyAnswer = z.infer<typeof anomalyAnswerSchema>;

export const acknowledgeRequestSchema = z.strictObject({
  acknowledged: z.boolean().default(true).describe('true, or false to take it back'),
});
export type AcknowledgeRequest = z.input<typeof acknowledgeRequestSchema>;

export const excludeRequestSchema = z.strictObject({
  excluded: z.boolean().default(true).describe('true: leave its minutes out of the baseline; false: use them again'),
});
export type ExcludeRequest = z.input<typeof excludeRequestSchema>;
