import { z } from 'zod';
import { successSchema } from './common.ts';

/** The version of the paths and bodies of this API. */
export const API_VERSION = 'v1';

/** What the token of this call may do. read: GET, and POST under /grafana/; write: everything. */
export const accessAnswerSchema = z.object({
  status: successSchema,
  access: z.enum(['read', 'write']),
  version: z.string().describe('of the agent'),
  api: z.literal(API_VERSION),
});
export type AccessAnswer = z.infer<typeof accessAnswerSchema>;
