import { z } from 'zod';

/** Times in answers: ISO 8601, UTC, milliseconds. */
export const timestampSchema = z.iso.datetime().describe('ISO 8601, UTC');

/** Times in requests: any zone, but a zone. */
export const instantSchema = z.iso.datetime({ offset: true });

/** Durations in answers: the two largest units, such as `25s` and `2h35m`. */
export const durationSchema = z
  .string()
  .regex(/^(\d+[dhms])+$/)
  .describe('a duration such as 25s or 2h35m');

export const successSchema = z.literal('success');

export const clusterNameSchema = z
  .string()
  .min(1)
  .max(253)
  .describe('a cluster name: 1 to 253 of A-Z, a-z, 0-9 and "._:@/+-"');
export const namespaceSchema = z.string().min(1).max(63).describe('a Kubernetes namespace');
export const hpaNameSchema = z.string().min(1).max(253).describe('the name of a HorizontalPodAutoscaler');

/** Who is meant: cluster (the canonical name in answers), namespace, HPA name. */
export const hpaKeyShape = { cluster: clusterNameSchema, namespace: namespaceSchema, hpa: hpaNameSchema };
export const hpaPathSchema = z.strictObject(hpaKeyShape);
export const clusterPathSchema = z.strictObject({ cluster: clusterNameSchema });

/** What failed, as a code for programs and a sentence for people. */
export const faultSchema = z.object({ code: z.string(), message: z.string() });
export type Fault = z.infer<typeof faultSchema>;

/** The body of every 4xx and 5xx. Refused input: `details` holds `field`, `value` (found) and `allowed`. */
export const errorAnswerSchema = z.object({
  status: z.literal('error'),
  code: z.string().describe('for programs, such as hpa/not-enrolled'),
  message: z.string().describe('for people'),
  details: z.unknown().optional(),
});
export type ErrorAnswer = z.infer<typeof errorAnswerSchema>;

/** An answer that says only what was done. */
export const doneAnswerSchema = z.object({ status: successSchema, message: z.string() });
export type DoneAnswer = z.infer<typeof doneAnswerSchema>;
