import type { AgentError } from '../core/errors.ts';
import { toAgentError } from '../core/errors.ts';
import type { LineTail } from './line-tail.ts';

/** A way to one Prometheus that exists now; whether Prometheus answers through it is for a probe to say. */
export type Tunnel = {
  baseUrl: string;
  /** Resolves with the cause when the tunnel ends by itself. */
  ended: Promise<AgentError>;
  /** The best account of why a probe through this tunnel failed. */
  explain(probeError: unknown): AgentError;
  /** Ends it; resolves when nothing is left of it. */
  close(): Promise<void>;
};

/** What becomes known while a tunnel is opened, before it is one. */
export type TunnelObserver = {
  stderr: LineTail;
  onPid: (pid: number | null) => void;
  onNote: (note: string) => void;
};

/** Opens a tunnel. @throws AgentError; then nothing is left running. Gives up when `signal` aborts. */
export type OpenTunnel = (observer: TunnelObserver, signal: AbortSignal) => Promise<Tunnel>;

/** A Prometheus reached by its address: nothing to start, nothing to end. */
export const openDirect =
  (url: string): OpenTunnel =>
  async () => ({
    baseUrl: url,
    ended: new Promise(() => {}),
    explain: (error) => toAgentError(error, 'prometheus/unreachable'),
    close: async () => {},
  });
