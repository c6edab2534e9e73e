import { z } from 'zod';
import { anomalySchema } from './anomalies.ts';
import { clusterNameSchema, durationSchema, hpaKeyShape, successSchema, timestampSchema } from './common.ts';
import { BASELINE_STATES } from './hpas.ts';
import { FORWARD_STATUSES } from './forward.ts';

const count = z.number().int().min(0);
const bySeverity = { critical: count, warning: count, info: count };

/** Why somebody should look: the HPA vanished, its history cannot be collected (or only in part), or no scan reaches it. */
export const NEEDS_LOOK_REASONS = ['gone', 'baseline_failed', 'not_scanned', 'baseline_partial'] as const;

/** What a person should know about the agent itself, whatever its HPAs do. */
export const NOTICE_CODES = [
  'database/away',
  'database/buffer-full',
  'database/rebuilt',
  'credential/not-used',
] as const;

export const summaryAnswerSchema = z.object({
  status: successSchema,
  at: timestampSchema,
  clusters: z.object({ total: count }),
  hpas: z.object({
    total: count,
    active: count,
    paused: count,
    gone: count,
    with_baseline: count,
    by_baseline_state: z.record(z.enum(BASELINE_STATES), count),
  }),
  forwards: z.object({
    total: count,
    by_status: z.record(z.enum(FORWARD_STATUSES), count),
    down: z.array(
      z.object({ cluster: clusterNameSchema, status: z.enum(FORWARD_STATUSES), message: z.string().nullable() }),
    ),
  }),
  firing: z.object(bySeverity).describe('anomalies that fire now'),
  firing_by_cluster: z.array(z.object({ cluster: clusterNameSchema, ...bySeverity })).describe('where any fires'),
  worst: z.array(anomalySchema).max(10).describe('of those that fire: critical ones first, then by score'),
  oldest_scan: z
    .object({ ...hpaKeyShape, last_scan: timestampSchema, age: durationSchema })
    .nullable()
    .describe('of the HPAs that are watched and were scanned at all'),
  needs_look: z.object({
    total: count,
    worst: z
      .array(
        z.object({
          ...hpaKeyShape,
          reason: z.enum(NEEDS_LOOK_REASONS),
          message: z.string(),
          since: timestampSchema.nullable(),
        }),
      )
      .max(10),
  }),
  notices: z
    .array(
      z.object({
        code: z.enum(NOTICE_CODES),
        since: timestampSchema.nullable(),
        message: z.string().describe('what happened, and what to do about it'),
      }),
    )
    .describe('about the agent itself: what happened or is wrong, until a person has dealt with it'),
});
export type SummaryAnswer = z.infer<typeof summaryAnswerSchema>;
