/** A signal that aborts when `ms` have passed by the machine's own clock or when any of `signals` aborts. */
export const withTimeout = (ms: number, ...signals: (AbortSignal | undefined)[]): AbortSignal =>
  AbortSignal.any([AbortSignal.timeout(ms), ...signals.filter((signal) => signal !== undefined)]);
