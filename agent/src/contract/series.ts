import { z } from 'zod';
import { durationSchema, hpaKeyShape, instantSchema, successSchema, timestampSchema } from './common.ts';

/** What GET .../series can serve. Units: % (cpu_*, memory_utilization, memory_target), MiB a pod, replicas, ratio, 0 or 1. */
export const SERIES_METRICS = [
  'cpu_current',
  'memory_current',
  'memory_utilization',
  'replicas_current',
  'replicas_desired',
  'replicas_ready',
  'pressure',
  'scaling_limited',
  'scaling_active',
  'cpu_target',
  'memory_target',
  'replicas_min',
  'replicas_max',
] as const;
export type SeriesMetric = (typeof SERIES_METRICS)[number];

/** A whole day in the HPA's time zone instead of `from` and `to`. */
export const daySchema = z
  .string()
  .regex(/^(today|yesterday|\d{4}-\d{2}-\d{2})$/)
  .describe(
    "today, yesterday or a date such as 2026-01-05: that whole day in the HPA's time zone, instead of from and to",
  );
export const maxPointsSchema = z.coerce
  .number()
  .int()
  .min(10)
  .max(11_000)
  .describe(
    'a whole number from 10 to 11000: where no step is given, the smallest usual one with so few points; 1500 by default',
  );

export const seriesQuerySchema = z.strictObject({
  metrics: z
    .string()
    .min(1)
    .describe(`some of ${SERIES_METRICS.join(', ')}, parted by commas; all by default`)
    .optional(),
  from: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T12:00:00Z; 3 h before `to` by default')
    .optional(),
  to: instantSchema.describe('ISO 8601 with a zone, such as 2026-01-05T15:00:00Z; now by default').optional(),
  step: z.string().describe('a duration of whole minutes from 1m to 1d').optional(),
  day: daySchema.optional(),
  max_points: maxPointsSchema.optional(),
});

/** `values[metric][i]` is the value at `timestamps[i]`; null: not known at that minute. */
export const seriesAnswerSchema = z.object({
  status: successSchema,
  ...hpaKeyShape,
  from: timestampSchema,
  to: timestampSchema,
  step: durationSchema,
  cpu_basis: z.enum(['request', 'core']).nullable().describe('of the last sample'),
  approximate: z.boolean().describe('for some sample the pods were found by the shape of their names'),
  timestamps: z.array(timestampSchema),
  values: z.partialRecord(z.enum(SERIES_METRICS), z.array(z.number().nullable())),
});
export type SeriesAnswer = z.infer<typeof seriesAnswerSchema>;
