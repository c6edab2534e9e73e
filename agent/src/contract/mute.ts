import { z } from 'zod';
import { instantSchema, successSchema, timestampSchema } from './common.ts';

export const MUTE_UNTIL_RULE = 'a time ahead, at most 30 days, as ISO 8601 with a zone, such as 2026-01-05T12:00:00Z';
export const MUTE_FOR_RULE = 'a duration from 1m to 30d, such as 2h';

/** Body of PUT .../mute: until when, or for how long. */
export const muteRequestSchema = z.union([
  z.strictObject({ until: instantSchema.describe(MUTE_UNTIL_RULE) }),
  z.strictObject({ for: z.string().max(50).describe(MUTE_FOR_RULE) }),
]);
export type MuteRequest = z.infer<typeof muteRequestSchema>;

export const muteAnswerSchema = z.object({
  status: successSchema,
  message: z.string(),
  muted_until: timestampSchema.nullable(),
});
export type MuteAnswer = z.infer<typeof muteAnswerSchema>;
