import { z } from 'zod';
import { hpaKeyShape, instantSchema, successSchema, timestampSchema } from './common.ts';

/** config: a value of the HPA's spec; rollout: the pods of its target come from another revision. */
export const CHANGE_KINDS = ['config', 'rollout'] as const;

/** The values of an HPA's spec whose changes are known. */
export const CHANGE_FIELDS = ['replicas_min', 'replicas_max', 'cpu_target', 'memory_target'] as const;

export const changesQuerySchema = z.strictObject({
  from: instantSchema
    .describe('ISO 8601 with a zone, such as 2026-01-05T12:00:00Z; 3 h before `to` by default')
    .optional(),
  to: instantSchema.describe('ISO 8601 with a zone, such as 2026-01-05T15:00:00Z; now by default').optional(),
});

export const changeSchema = z.object({
  at: timestampSchema.describe('the first sample that showed it'),
  kind: z.enum(CHANGE_KINDS),
  field: z.enum(CHANGE_FIELDS).nullable().describe('what of the spec changed; null for a rollout'),
  from: z
    .union([z.number(), z.string()])
    .nullable()
    .describe('the value before, or the ReplicaSet (StatefulSet: revision) before; null where that is not known'),
  to: z.union([z.number(), z.string()]).describe('the value, ReplicaSet or revision from then on'),
  sentence: z.string().describe('the change, for people'),
});
export type ChangeView = z.infer<typeof changeSchema>;

export const changesAnswerSchema = z.object({
  status: successSchema,
  ...hpaKeyShape,
  from: timestampSchema,
  to: timestampSchema,
  changes: z.array(changeSchema).describe('oldest first; the newest 1,000 where there are more'),
});
export type ChangesAnswer = z.infer<typeof changesAnswerSchema>;
