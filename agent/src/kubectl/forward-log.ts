import { formatDuration } from '../core/duration.ts';
import type { ForwardInfo, ForwardState } from '../domain/forward.ts';

export type ForwardLogLine = { level: 'debug' | 'info' | 'warn' | 'error'; message: string };

/**
 * The line for a change of state. The first of a kind is for people; what a broken cluster repeats with every retry is
 * for debugging.
 */
export function forwardLogLine(
  info: ForwardInfo,
  before: ForwardState,
  lastTrouble: string | null,
  now: number,
): ForwardLogLine {
  const { cluster, state } = info;
  const repeated = 'cause' in state && state.cause.code === lastTrouble;
  switch (state.kind) {
    case 'stopped':
      return { level: before.kind === 'stopped' ? 'debug' : 'info', message: `${cluster}: forward ended` };
    case 'starting': {
      const level = state.attempt === 0 ? 'info' : 'debug';
      const what = info.mode === 'direct' ? 'asking Prometheus' : `starting a forward on ${info.address}:${info.port}`;
      return { level, message: `${cluster}: ${what}` };
    }
    case 'ready': {
      const note = info.note === null ? '' : ` (${info.note})`;
      return { level: 'info', message: `${cluster}: Prometheus answers at ${withoutUser(state.baseUrl)}${note}` };
    }
    case 'waiting': {
      const wait = formatDuration(Math.max(1_000, state.retryAt - now));
      return { level: repeated ? 'debug' : 'warn', message: `${cluster}: ${state.cause.message}; next try in ${wait}` };
    }
    case 'failed':
      return { level: repeated ? 'debug' : 'error', message: `${cluster}: ${state.cause.message}` };
  }
}

const withoutUser = (url: string): string => url.replace(/\/\/[^/@]*@/, '//');
