import { z } from 'zod';
import { BASELINE_METRICS } from './anomalies.ts';
import { durationSchema, hpaKeyShape, instantSchema, successSchema, timestampSchema } from './common.ts';
import { BASELINE_STATES } from './hpas.ts';
import { daySchema, maxPointsSchema } from './series.ts';

/** How the expected value follows time: not at all, the time of day, the time of working days and of weekends, of the week. */
export const BASELINE_MODELS = ['level', 'daily', 'day_type', 'weekly'] as const;

export const baselineQuerySchema = z.strictObject({
  metrics: z
    .string()
    .min(1)
    .max(500)
    .describe(`some of ${BASELINE_METRICS.join(', ')}, parted by commas; all by default`)
    .optional(),
  from: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T12:00:00Z; 3 h before `to` by default')
    .optional(),
  to: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T15:00:00Z, at most 24 h ahead; now by default')
    .optional(),
  step: z.string().describe('a duration of whole minutes from 1m to 1d').optional(),
  day: daySchema.optional(),
  max_points: maxPointsSchema.optional(),
  observed: z
    .enum(['true', 'false'])
    .describe('true: beside the bands what was really seen, at the same timestamps')
    .optional(),
});

const metric = z.enum(BASELINE_METRICS);
const span = z.object({ from: timestampSchema, to: timestampSchema });

/** About 99 % of what was seen lies from `lower[i]` to `upper[i]` at `timestamps[i]`. */
export const bandSeriesSchema = z.object({
  timestamps: z.array(timestampSchema),
  expected: z.array(z.number()),
  lower: z.array(z.number()),
  upper: z.array(z.number()),
});
export type BandSeries = z.infer<typeof bandSeriesSchema>;

export const baselineAnswerSchema = z.object({
  status: successSchema,
  ...hpaKeyShape,
  from: timestampSchema,
  to: timestampSchema,
  step: durationSchema,
  baseline: z.object({
    state: z.enum(BASELINE_STATES),
    coverage: z.record(metric, z.number().min(0).max(100).nullable()).describe('of what was collected, in %'),
    window: span.nullable().describe('the history it was learned from; null where nothing is learned yet'),
    timezone: z.string().describe('IANA time zone of its daily rhythm'),
    normal_since: timestampSchema.nullable().describe('since when a person called it the new normal'),
    model: z.record(metric, z.enum(BASELINE_MODELS).nullable()).describe('null where nothing is learned yet'),
    exclusions: z.array(span).describe('left out, both ends included'),
  }),
  bands: z.partialRecord(metric, bandSeriesSchema.nullable()).describe('null where nothing is learned yet'),
  observed: z
    .object({
      timestamps: z.array(timestampSchema),
      values: z.partialRecord(metric, z.array(z.number().nullable())),
    })
    .nullable()
    .describe('null unless asked for; values are null where nothing is known, and ahead'),
});
export type BaselineAnswer = z.infer<typeof baselineAnswerSchema>;

/** Body of POST .../baseline/accept. */
export const acceptRequestSchema = z.strictObject({
  since: instantSchema
    .nullable()
    .describe('ISO 8601 with a zone, now or earlier, such as 2026-01-05T12:00:00Z; null takes it back')
    .optional(),
});
export type AcceptRequest = z.infer<typeof acceptRequestSchema>;

export const acceptAnswerSchema = z.object({
  status: successSchema,
  message: z.string(),
  normal_since: timestampSchema.nullable(),
});
export type AcceptAnswer = z.infer<typeof acceptAnswerSchema>;
