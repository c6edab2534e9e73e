import { afterRunning, machineTimer } from './clock.ts';

/** A signal that aborts when this process has been running for `ms`, by the machine's own clock, or when any of `signals` aborts. */
export function withTimeout(ms: number, ...signals: (AbortSignal | undefined)[]): AbortSignal {
  const tooLate = new AbortController();
  afterRunning(machineTimer, ms, () =>
    tooLate.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError')),
  );
  return AbortSignal.any([tooLate.signal, ...signals.filter((signal) => signal !== undefined)]);
}
