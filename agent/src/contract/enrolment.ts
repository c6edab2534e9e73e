import { z } from 'zod';
import {
  clusterNameSchema,
  faultSchema,
  hpaKeyShape,
  namespaceSchema,
  successSchema,
  timestampSchema,
} from './common.ts';

/** Body of POST /api/v1/monitoring/hpa. */
export const enrolRequestSchema = z.strictObject(hpaKeyShape);
export type EnrolRequest = z.infer<typeof enrolRequestSchema>;

const progressShape = {
  has_baseline: z.boolean(),
  baseline_collection_started: z.boolean(),
  estimated_completion: timestampSchema.nullable().describe('null where nothing is being collected'),
};

export const enrolAnswerSchema = z.object({
  status: successSchema,
  message: z.string(),
  ...progressShape,
  ...hpaKeyShape,
});
export type EnrolAnswer = z.infer<typeof enrolAnswerSchema>;

/** Body of POST /api/v1/monitoring/hpas: some, or all that a cluster (or one namespace of it) shows. */
export const enrolManyRequestSchema = z.union([
  z.strictObject({
    items: z
      .array(enrolRequestSchema.describe('{cluster, namespace, hpa}'))
      .min(1)
      .max(5_000)
      .describe('1 to 5000 of {cluster, namespace, hpa}'),
  }),
  z.strictObject({
    cluster: clusterNameSchema,
    namespace: namespaceSchema.optional(),
    all: z.literal(true).describe('true'),
  }),
]);
export type EnrolManyRequest = z.infer<typeof enrolManyRequestSchema>;

export const enrolResultSchema = z.object({
  ...hpaKeyShape,
  outcome: z.enum(['created', 'existing', 'failed']),
  ...progressShape,
  error: faultSchema.optional(),
});
export type EnrolResultView = z.infer<typeof enrolResultSchema>;

/** One result for each item, in the order asked. */
export const enrolManyAnswerSchema = z.object({
  status: successSchema,
  created: z.number().int(),
  existing: z.number().int(),
  failed: z.number().int(),
  results: z.array(enrolResultSchema),
});
export type EnrolManyAnswer = z.infer<typeof enrolManyAnswerSchema>;

export const backfillRequestSchema = z.strictObject({});
export const backfillAnswerSchema = z.object({
  status: successSchema,
  message: z.string(),
  baseline_collection_started: z.boolean(),
  estimated_completion: timestampSchema.nullable(),
});
export type BackfillAnswer = z.infer<typeof backfillAnswerSchema>;
