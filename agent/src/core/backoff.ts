export type BackoffOptions = { minMs: number; maxMs: number };

/**
 * Doubling delay in ms before retry `attempt` (0 is the first retry), without jitter. At most 45 s by default: with what a start takes, whatever
 * is back is used again within a minute.
 */
export const backoffMs = (
  attempt: number,
  { minMs, maxMs }: BackoffOptions = { minMs: 1_000, maxMs: 45_000 },
): number => Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));

/**
 * "Equal jitter": half of the delay is fixed, half random, so that many clients never retry in step and no retry comes
 * at once. `random` is in [0, 1). Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
 */
export const withJitter = (delayMs: number, random: number): number => Math.round(delayMs / 2 + (delayMs / 2) * random);
