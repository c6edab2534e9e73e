import type { LocalEndpoint } from '../domain/cluster.ts';
import type { ForwardInfo, ForwardState, Lease } from '../domain/forward.ts';
import type { Clock } from '../core/clock.ts';
import { isAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import { forwardLogLine } from './forward-log.ts';
import type { ForwardTarget } from './forward-pool.ts';
import type { Forward } from './forward.ts';
import { orAbort } from './or-abort.ts';
import type { OpenTunnel } from './tunnel.ts';

/** The way to one cluster over time: the forward it has now, the one that is to replace it, what the last one told. */
export type ClusterWay = {
  readonly target: ForwardTarget;
  /** From now on this is where to go and how; what runs stays until `start`, `move` or `halt`. */
  retarget(target: ForwardTarget, open: OpenTunnel): void;
  /** The endpoint it uses now; null while it runs nothing. */
  endpoint(): LocalEndpoint | null;
  start(endpoint: LocalEndpoint): void;
  /** Brings up a forward at `endpoint`; once that is ready it takes over, and the old one ends. */
  move(endpoint: LocalEndpoint): void;
  /** Resolves when nothing of it runs. */
  halt(): Promise<void>;
  /** The lease, or null when its forward was ended meanwhile and another may have taken its place, or `signal` aborted. */
  acquire(signal: AbortSignal): Promise<Lease | null>;
  suspect(): void;
  info(): ForwardInfo;
};

export type ClusterWayDeps = {
  clock: Clock;
  logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** Starts a forward at once. */
  createForward: (target: ForwardTarget, open: OpenTunnel, endpoint: LocalEndpoint, onChange: () => void) => Forward;
  /** Where its forward would listen while it has none. */
  homeOf: (target: ForwardTarget) => LocalEndpoint;
  onChange: (info: ForwardInfo) => void;
};

type Placed = { forward: Forward; endpoint: LocalEndpoint };

const STOPPED: ForwardState = { kind: 'stopped' };

export function createClusterWay(deps: ClusterWayDeps, firstTarget: ForwardTarget, firstOpen: OpenTunnel): ClusterWay {
  let target = firstTarget;
  /** Keeps what it found out (the service, its port) from one start to the next. */
  let open = firstOpen;
  let current: Placed | null = null;
  let incoming: Placed | null = null;
  let past: Pick<ForwardInfo, 'restarts' | 'lastError' | 'note' | 'stderr'> = NOTHING_PAST;
  let seen: ForwardState = STOPPED;
  let lastTrouble: string | null = null;
  let change = Promise.withResolvers<void>();
  const ending = new Set<Promise<void>>();

  function place(endpoint: LocalEndpoint): Placed {
    const onChange = () => onForwardChange(placed);
    const placed: Placed = { endpoint, forward: deps.createForward(target, open, endpoint, onChange) };
    return placed;
  }

  function onForwardChange(placed: Placed): void {
    if (incoming === placed && placed.forward.snapshot().state.kind === 'ready') {
      const old = current;
      current = placed;
      incoming = null;
      deps.logger.info(`${target.cluster}: moved to ${placed.endpoint.address}:${placed.endpoint.port}`);
      if (old) void end(old);
    }
    if (current === placed) publish();
  }

  function publish(): void {
    change.resolve();
    change = Promise.withResolvers();
    const news = info();
    const before = seen;
    seen = news.state;
    if (before === seen || (before.kind === 'stopped' && seen.kind === 'stopped')) return;
    const { level, message } = forwardLogLine(news, before, lastTrouble, deps.clock.now());
    if ('cause' in seen) lastTrouble = seen.cause.code;
    if (seen.kind === 'ready') lastTrouble = null;
    deps.logger[level]({ cluster: news.cluster, state: seen.kind, pid: news.pid ?? undefined }, message);
    deps.onChange(news);
  }

  function end(placed: Placed): Promise<void> {
    const gone = placed.forward.stop().finally(() => ending.delete(gone));
    ending.add(gone);
    return gone;
  }

  function info(): ForwardInfo {
    const direct = target.reach.kind === 'direct';
    const { address, port } = current?.endpoint ?? deps.homeOf(target);
    const { state, pid, ...told } = current?.forward.snapshot() ?? { state: STOPPED, pid: null, ...past };
    return {
      cluster: target.cluster,
      mode: direct ? 'direct' : 'forward',
      address: direct ? null : address,
      port: direct ? null : port,
      pid,
      state,
      ...told,
      lastError: told.lastError ?? past.lastError,
      note: told.note ?? past.note,
    };
  }

  return {
    get target() {
      return target;
    },
    retarget(nextTarget, nextOpen) {
      target = nextTarget;
      open = nextOpen;
    },
    endpoint: () => current?.endpoint ?? null,
    start(endpoint) {
      current ??= place(endpoint);
      change.resolve();
    },
    move(endpoint) {
      if (incoming) void end(incoming);
      incoming = null;
      if (!current) current = place(endpoint);
      else if (!sameEndpoint(current.endpoint, endpoint)) incoming = place(endpoint);
    },
    async halt() {
      const leaving = current;
      if (incoming) void end(incoming);
      incoming = null;
      if (leaving) void end(leaving);
      await Promise.all(ending);
      if (leaving && current === leaving) {
        const { restarts, lastError, note, stderr } = leaving.forward.snapshot();
        past = { restarts, lastError, note, stderr };
        current = null;
      }
      publish();
    },
    async acquire(signal) {
      const placed = current;
      const changed = change.promise;
      if (!placed) {
        await orAbort(changed, signal);
        return null;
      }
      try {
        return await placed.forward.acquire(target.cluster, signal);
      } catch (error) {
        if (!isAgentError(error) || error.code !== 'agent/stopping') throw error;
        if (current === placed) await orAbort(change.promise, signal);
        return null;
      }
    },
    suspect: () => current?.forward.suspect(),
    info,
  };
}

const NOTHING_PAST = { restarts: 0, lastError: null, note: null, stderr: [] };

export const sameEndpoint = (a: LocalEndpoint, b: LocalEndpoint): boolean =>
  a.address === b.address && a.port === b.port;
