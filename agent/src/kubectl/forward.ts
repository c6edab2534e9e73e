import { afterRunning, sleep, type Clock } from '../core/clock.ts';
import { AgentError, toAgentError } from '../core/errors.ts';
import type { ForwardState, Lease } from '../domain/forward.ts';
import { createLineTail } from './line-tail.ts';
import { orAbort } from './or-abort.ts';
import { NEW_FORWARD, nextProgress, type ForwardEvent } from './state.ts';
import type { OpenTunnel, Tunnel } from './tunnel.ts';

/** Resolves when Prometheus answers at `baseUrl`; rejects with AgentError `prometheus/*`. */
export type Probe = (baseUrl: string, signal: AbortSignal) => Promise<void>;

export type ForwardTiming = {
  /** From "listening" to the first answer. */
  startTimeoutMs: number;
  probeEveryMs: number;
  probeTimeoutMs: number;
};

/** A frozen tunnel is noticed after 23 s at the latest and replaced within 25 s. */
export const DEFAULT_TIMING: ForwardTiming = { startTimeoutMs: 10_000, probeEveryMs: 20_000, probeTimeoutMs: 3_000 };

export type ForwardDeps = {
  clock: Clock;
  random: () => number;
  probe: Probe;
  timing: ForwardTiming;
  /** Waits for the local endpoint to be ours alone; the answer gives it back. */
  enter: (signal: AbortSignal) => Promise<() => void>;
  open: OpenTunnel;
  onChange: () => void;
};

export type ForwardSnapshot = {
  state: ForwardState;
  pid: number | null;
  restarts: number;
  lastError: AgentError | null;
  note: string | null;
  stderr: string[];
};

/** One forward: starts at once, is kept up until `stop`, and is `ready` only while Prometheus answers through it. */
export type Forward = {
  snapshot(): ForwardSnapshot;
  /** See ForwardPool.acquire. */
  acquire(cluster: string, signal: AbortSignal): Promise<Lease>;
  /** Probes now. */
  suspect(): void;
  /** Resolves when nothing is left of it. */
  stop(): Promise<void>;
};

const FRESH_MS = 1_000;
const FIRST_PROBES_EVERY_MS = 500;
/** A tunnel that dies takes its probe with it; kubectl's own account of it arrives a moment later. */
const LAST_WORDS_MS = 250;

/** One tunnel of a forward, from its opening to its end. */
type Life = {
  tunnel: Tunnel;
  over: AbortController;
  fail(cause: AgentError): void;
  probing: Promise<AgentError | null> | null;
};

export function createForward(deps: ForwardDeps): Forward {
  const { clock, timing } = deps;
  const stopping = new AbortController();
  const stderr = createLineTail();
  let progress = NEW_FORWARD;
  let life: Life | null = null;
  let lastAnswerAt = -Infinity;
  let change = Promise.withResolvers<void>();
  const facts = {
    pid: null as number | null,
    starts: 0,
    lastError: null as AgentError | null,
    note: null as string | null,
  };

  function apply(event: ForwardEvent): void {
    const next = nextProgress(progress, event, clock.now(), deps.random());
    const changed = next.state !== progress.state;
    progress = next;
    if (event.kind === 'fault') facts.lastError = event.cause;
    if (!changed) return;
    change.resolve();
    change = Promise.withResolvers();
    deps.onChange();
  }

  const running = run();

  async function run(): Promise<void> {
    const leave = await deps.enter(stopping.signal).catch(() => null);
    if (!leave) return;
    while (!stopping.signal.aborted) {
      facts.starts += 1;
      apply({ kind: 'start' });
      const cause = await live();
      if (stopping.signal.aborted) break;
      apply({ kind: 'fault', cause });
      const { state } = progress;
      if ('retryAt' in state) await sleep(clock, state.retryAt - clock.now(), stopping.signal).catch(() => {});
    }
    leave();
    apply({ kind: 'stop' });
  }

  /** Opens a tunnel and keeps it while it serves; resolves with why it does no more, once nothing is left of it. */
  async function live(): Promise<AgentError> {
    const observer = {
      stderr,
      onPid: (pid: number | null) => void (facts.pid = pid),
      onNote: (note: string) => void (facts.note = note),
    };
    let tunnel: Tunnel;
    try {
      tunnel = await deps.open(observer, stopping.signal);
    } catch (error) {
      facts.pid = null;
      return toAgentError(error);
    }
    const { promise: over, resolve } = Promise.withResolvers<AgentError>();
    const mine: Life = { tunnel, over: new AbortController(), probing: null, fail };
    function fail(cause: AgentError): void {
      // No lease of it is current from here on, though its process may still be ending.
      if (life === mine) life = null;
      mine.over.abort();
      if (!stopping.signal.aborted) apply({ kind: 'fault', cause });
      resolve(cause);
    }
    life = mine;
    const onStop = () => fail(new AgentError('agent/stopping', 'The forward is being ended'));
    stopping.signal.addEventListener('abort', onStop, { once: true });
    if (stopping.signal.aborted) onStop();
    void tunnel.ended.then(fail);
    void serve(mine).catch(() => {});
    const cause = await over;
    stopping.signal.removeEventListener('abort', onStop);
    await tunnel.close();
    return cause;
  }

  async function serve(mine: Life): Promise<void> {
    const giveUpAt = clock.now() + timing.startTimeoutMs;
    for (let cause = await probe(mine); cause; cause = await probe(mine)) {
      if (clock.now() >= giveUpAt) return mine.fail(cause);
      await sleep(clock, FIRST_PROBES_EVERY_MS, mine.over.signal);
    }
    for (;;) {
      await sleep(clock, Math.max(0, lastAnswerAt + timing.probeEveryMs - clock.now()), mine.over.signal);
      const cause = await probe(mine);
      if (cause) return mine.fail(cause);
    }
  }

  /** One probe at a time, whoever asks; null when Prometheus answered. */
  function probe(mine: Life): Promise<AgentError | null> {
    mine.probing ??= ask(mine).finally(() => void (mine.probing = null));
    return mine.probing;
  }

  async function ask(mine: Life): Promise<AgentError | null> {
    const late = new AbortController();
    const timeout = new AgentError('prometheus/timeout', `no answer within ${timing.probeTimeoutMs} ms`, {
      retryable: true,
    });
    const cancel = afterRunning(clock, timing.probeTimeoutMs, () => late.abort(timeout));
    const signal = AbortSignal.any([late.signal, mine.over.signal]);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(toAgentError(signal.reason, 'agent/aborted')), { once: true });
    });
    try {
      await Promise.race([deps.probe(mine.tunnel.baseUrl, signal), aborted]);
    } catch (error) {
      const lastWords = sleep(clock, LAST_WORDS_MS, mine.over.signal).catch(() => {});
      const ended = await Promise.race([mine.tunnel.ended, lastWords]);
      return ended ?? mine.tunnel.explain(late.signal.aborted ? timeout : error);
    } finally {
      cancel();
    }
    if (life !== mine)
      return new AgentError('kubectl/connection-lost', 'The forward ended meanwhile', { retryable: true });
    lastAnswerAt = clock.now();
    stderr.mark();
    apply({ kind: 'answered', baseUrl: mine.tunnel.baseUrl });
    return null;
  }

  const failReady = (mine: Life) => (cause: AgentError | null) => {
    if (cause) mine.fail(cause);
  };

  return {
    snapshot: () => {
      const { pid, starts, lastError, note } = facts;
      return { state: progress.state, pid, restarts: Math.max(0, starts - 1), lastError, note, stderr: stderr.lines() };
    },
    async acquire(cluster, signal) {
      while (!signal.aborted && !stopping.signal.aborted) {
        const mine = life;
        if (progress.state.kind === 'ready' && mine) {
          const fresh = clock.now() - lastAnswerAt <= FRESH_MS;
          if (!fresh) await orAbort(probe(mine).then(failReady(mine)), signal);
          const current = () => life === mine && progress.state.kind === 'ready';
          if (current() && (fresh || clock.now() - lastAnswerAt <= FRESH_MS))
            return { cluster, baseUrl: mine.tunnel.baseUrl, isCurrent: current };
        }
        const { state } = progress;
        if (state.kind === 'failed' && clock.now() < state.retryAt) throw state.cause;
        if (state.kind !== 'ready') await orAbort(change.promise, signal);
      }
      if (stopping.signal.aborted) throw new AgentError('agent/stopping', `The forward of ${cluster} is being ended`);
      throw unreached(cluster, progress.state, facts.lastError);
    },
    suspect() {
      const mine = life;
      if (mine && progress.state.kind === 'ready') void probe(mine).then(failReady(mine));
    },
    async stop() {
      stopping.abort(new AgentError('agent/stopping', 'The forward is being ended'));
      change.resolve();
      await running;
    },
  };
}

function unreached(cluster: string, state: ForwardState, lastError: AgentError | null): AgentError {
  const cause = 'cause' in state ? state.cause : lastError;
  const why = cause ? `: ${cause.message}` : '';
  return new AgentError('cluster/unreachable', `${cluster} could not be reached in time${why}`, {
    retryable: true,
    cause,
  });
}
