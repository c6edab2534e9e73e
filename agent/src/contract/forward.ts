import { z } from 'zod';
import { clusterNameSchema, durationSchema, faultSchema, timestampSchema } from './common.ts';
import type { ForwardStatusName } from './events.ts';

export const FORWARD_STATUSES = [
  'active',
  'starting',
  'waiting',
  'failed',
  'stopped',
] as const satisfies ForwardStatusName[];

const count = z.number().int().min(0);

export const forwardSchema = z.object({
  cluster: clusterNameSchema,
  mode: z.enum(['forward', 'direct']).describe('direct: an address without a forward'),
  port: z.number().int().nullable(),
  address: z.string().nullable(),
  status: z.enum(FORWARD_STATUSES),
  uptime: durationSchema.nullable().describe('null unless active'),
  restarts: count,
  last_error: faultSchema.nullable(),
  retry_at: timestampSchema.nullable(),
  pid: z.number().int().nullable(),
  note: z.string().nullable(),
});
export type ForwardView = z.infer<typeof forwardSchema>;
