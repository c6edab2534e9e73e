import { SECOND, type Clock } from '../../core/clock.ts';
import { AgentError } from '../../core/errors.ts';

/** @throws AgentError `storage/unreachable` where there is no answer after `ms`; it is not waited for any longer, and may still come */
export async function inTime<T>(answer: Promise<T>, clock: Clock, ms: number): Promise<T> {
  let cancel = (): void => undefined;
  const tooLong = new Promise<never>((_, reject) => {
    cancel = clock.after(ms, () =>
      reject(
        new AgentError('storage/unreachable', `The database did not answer within ${ms / SECOND} s.`, {
          retryable: true,
        }),
      ),
    );
  });
  try {
    return await Promise.race([answer, tooLong]);
  } finally {
    cancel();
  }
}
