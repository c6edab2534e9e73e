import type { Fault, ForwardStatusName, ForwardView } from '../contract/api.ts';
import { formatDuration } from '../core/duration.ts';
import type { AgentError } from '../core/errors.ts';
import type { ForwardInfo, ForwardState } from '../domain/forward.ts';
import type { ClusterInfo } from '../domain/schedule-view.ts';
import { isoOrNull } from './time-text.ts';

const STATUS: Record<ForwardState['kind'], ForwardStatusName> = {
  ready: 'active',
  starting: 'starting',
  waiting: 'waiting',
  failed: 'failed',
  stopped: 'stopped',
};

export const statusOfForward = ({ state }: Pick<ForwardInfo, 'state'>): ForwardStatusName => STATUS[state.kind];

export const faultOf = (error: AgentError): Fault => ({ code: error.code, message: error.message });

/** Why a forward is not up, else the last thing that went wrong with it. */
export const errorOfForward = ({ state, lastError }: Pick<ForwardInfo, 'state' | 'lastError'>): AgentError | null =>
  'cause' in state ? state.cause : lastError;

export function presentForward(forward: ForwardInfo, now: number): ForwardView {
  const { state } = forward;
  const error = errorOfForward(forward);
  return {
    cluster: forward.cluster,
    mode: forward.mode,
    port: forward.port,
    address: forward.address,
    status: statusOfForward(forward),
    uptime: state.kind === 'ready' ? formatDuration(now - state.since) : null,
    restarts: forward.restarts,
    last_error: error && faultOf(error),
    retry_at: isoOrNull('retryAt' in state ? state.retryAt : null),
    pid: forward.pid,
    note: forward.note,
  };
}

/** The address at which the agent itself reaches a cluster's Prometheus, without credentials; null while it has none. */
export function prometheusUrlOf(cluster: ClusterInfo | undefined, forward: ForwardInfo | undefined): string | null {
  if (cluster?.reach.kind === 'direct') return withoutCredentials(cluster.reach.url);
  if (forward?.state.kind === 'ready') return withoutCredentials(forward.state.baseUrl);
  if (forward?.address && forward.port !== null) return `http://${forward.address}:${forward.port}`;
  return null;
}

const withoutCredentials = (url: string): string => url.replace(/\/+$/, '').replace(/^(https?:\/\/)[^/@]*@/, '$1');
