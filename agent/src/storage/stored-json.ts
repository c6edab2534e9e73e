import { z } from 'zod';
import { ANOMALY_KINDS, PROFILED_METRICS, SEVERITIES } from '../domain/anomaly.ts';
import type { Coverage } from '../domain/baseline.ts';
import type { MetricTarget } from '../domain/hpa.ts';
import type { NotificationMessage } from '../domain/notification.ts';
import { isValue, VALUE_COLUMNS } from '../domain/sample.ts';
import type { StoredCluster } from './store.ts';

/**
 * Columns that hold JSON. What stands there was written by this agent, by an older one, by a person or by a disk that fails, so it is looked at
 * before it is believed; none of these functions throws. What can be learned again reads as nothing known, the rest as null.
 */

const number = z.number().refine(isValue);
const instant = z.int();

const metricTarget = z.object({
  name: z.string(),
  type: z.enum(['utilization', 'average', 'value']),
  container: z.string().nullable(),
  target: number,
}) satisfies z.ZodType<MetricTarget>;

/** `hpa.metrics`; [] where it cannot be read: the next scan tells them again. */
export const metricTargetsOf = (text: string): MetricTarget[] => read(z.array(metricTarget), text) ?? [];

const coverage = z.partialRecord(z.enum(VALUE_COLUMNS), number.min(0).max(100));

/** `hpa.baseline_columns`; {} where it cannot be read. */
export const coverageOf = (text: string): Coverage => read(coverage, text) ?? {};

const definition = z.union([
  z.strictObject({ context: z.string().min(1) }),
  z.strictObject({
    prometheusUrl: z
      .string()
      .regex(/^https?:\/\/\S+$/)
      .refine((url) => URL.canParse(url)),
  }),
]) satisfies z.ZodType<StoredCluster['definition']>;

/** `cluster.definition`; null where it cannot be read. */
export const clusterDefinitionOf = (text: string): StoredCluster['definition'] => read(definition, text);

const kind = z.enum(ANOMALY_KINDS);
const severity = z.enum(SEVERITIES);
/** Beyond this no date can be written. */
const MOST_MS = 8.64e15;
const date = instant.min(-MOST_MS).max(MOST_MS);

const message = z.object({
  subject: z.string(),
  event: z.enum(['firing', 'resolved']),
  severity,
  replaces: severity.nullable(),
  cluster: z.string(),
  namespace: z.string().nullable(),
  hpa: z.string().nullable(),
  kind: kind.nullable(),
  title: z.string(),
  sentence: z.string(),
  advice: z.string().nullable(),
  metric: z.enum(PROFILED_METRICS).nullable(),
  direction: z.enum(['over', 'under']).nullable(),
  observed: number.nullable(),
  band: z.object({ expected: number, lower: number, upper: number }).nullable(),
  score: number,
  startedAt: date,
  firedAt: date,
  endedAt: date.nullable(),
  promql: z.string(),
  related: z.array(z.object({ namespace: z.string(), hpa: z.string(), kind, severity, sentence: z.string() })),
  relatedTotal: z.int().min(0),
}) satisfies z.ZodType<NotificationMessage>;

/** `notification.message`, `notification_mark.message`; null where it cannot be read: then nobody can be told it. */
export const messageOf = (text: string): NotificationMessage | null => read(message, text);

function read<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
