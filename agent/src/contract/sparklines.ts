import { z } from 'zod';
import { BASELINE_METRICS } from './anomalies.ts';
import { durationSchema, hpaKeyShape, successSchema, timestampSchema } from './common.ts';

export const MAX_SPARKLINES = 100;
export const HPA_TEXT_RULE = 'cluster/namespace/hpa';

const hpaText = z.string().min(1).max(600).describe(HPA_TEXT_RULE);

export const sparklinesQuerySchema = z.strictObject({
  hpa: z
    .union([hpaText, z.array(hpaText).min(1).max(MAX_SPARKLINES)])
    .describe(`1 to ${MAX_SPARKLINES} times ${HPA_TEXT_RULE}`),
  metric: z.enum(BASELINE_METRICS).default('cpu'),
  window: z.string().max(50).default('3h').describe('a duration of whole minutes from 10m to 1d'),
  step: z
    .string()
    .max(50)
    .optional()
    .describe('a duration of whole minutes from 1m to 1d, at most 500 points; 5m by default, more for a long window'),
});

const values = z.array(z.number().nullable());

/** `values[i]` is the last known value in the step that begins at `timestamps[i]`; null: not known. */
export const sparklineItemSchema = z.object({
  ...hpaKeyShape,
  values,
  lower: z.array(z.number()).nullable().describe('null where nothing is learned yet'),
  upper: z.array(z.number()).nullable(),
});
export type SparklineItem = z.infer<typeof sparklineItemSchema>;

export const sparklinesAnswerSchema = z.object({
  status: successSchema,
  metric: z.enum(BASELINE_METRICS),
  from: timestampSchema,
  to: timestampSchema,
  step: durationSchema,
  timestamps: z.array(timestampSchema),
  items: z.array(sparklineItemSchema).describe('in the order asked'),
  missing: z.array(z.object(hpaKeyShape)).describe('those that are not watched (any more)'),
});
export type SparklinesAnswer = z.infer<typeof sparklinesAnswerSchema>;
