import { backoffMs, withJitter } from '../core/backoff.ts';
import { MINUTE, SECOND } from '../core/clock.ts';
import type { AgentError } from '../core/errors.ts';
import type { ForwardState } from '../domain/forward.ts';

/** A forward's state and what its next delay depends on. */
export type ForwardProgress = {
  state: ForwardState;
  /** Failures since it was last up for good. */
  failures: number;
};

export type ForwardEvent =
  /** A process is being started (for an address: it is being asked). */
  | { kind: 'start' }
  /** Prometheus answered a probe. */
  | { kind: 'answered'; baseUrl: string }
  | { kind: 'fault'; cause: AgentError }
  | { kind: 'stop' };

export const NEW_FORWARD: ForwardProgress = { state: { kind: 'stopped' }, failures: 0 };

/** A person may mend a `failed` forward outside (log in, install kubectl), so it is tried again too, but not eagerly. */
const FAILED_RETRY_MS = 30 * SECOND;
/** A forward that dies within this time of coming up has not earned a fresh start of the backoff. */
const STEADY_AFTER_MS = MINUTE;

/**
 * What follows from an event. `random` is in [0, 1). A cause that is not retryable needs a person: `failed`, else `waiting`.
 * An event that makes no sense in a state (an answer after the stop) changes nothing: the same object comes back.
 */
export function nextProgress(
  progress: ForwardProgress,
  event: ForwardEvent,
  now: number,
  random: number,
): ForwardProgress {
  const { state, failures } = progress;
  switch (event.kind) {
    case 'start':
      if (state.kind === 'starting' || state.kind === 'ready') return progress;
      return { state: { kind: 'starting', since: now, attempt: failures }, failures };
    case 'answered':
      if (state.kind === 'starting') return { state: { kind: 'ready', since: now, baseUrl: event.baseUrl }, failures };
      if (state.kind !== 'ready' || failures === 0 || now - state.since < STEADY_AFTER_MS) return progress;
      return { state, failures: 0 };
    case 'fault':
      if (state.kind !== 'starting' && state.kind !== 'ready') return progress;
      return { state: afterFault(event.cause, failures, now, random), failures: failures + 1 };
    case 'stop':
      return state.kind === 'stopped' ? progress : { state: { kind: 'stopped' }, failures: 0 };
  }
}

const afterFault = (cause: AgentError, attempt: number, now: number, random: number): ForwardState =>
  cause.retryable
    ? { kind: 'waiting', retryAt: now + withJitter(backoffMs(attempt), random), attempt, cause }
    : { kind: 'failed', since: now, retryAt: now + FAILED_RETRY_MS, attempt, cause };
