import { describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { createForward, DEFAULT_TIMING, type Forward } from './forward.ts';
import type { OpenTunnel } from './tunnel.ts';

const lost = new AgentError('kubectl/connection-lost', 'lost', { retryable: true });
const denied = new AgentError('kubectl/forbidden', 'denied');
const silent = new AgentError('prometheus/timeout', 'silent', { retryable: true });

/** A forward whose tunnels and answers the test decides; no process, no network, no real time. */
function rig(open?: OpenTunnel) {
  const clock = new FakeClock();
  const began = clock.now();
  const seen = { probes: [] as number[], opened: 0, closed: 0, states: [] as string[] };
  const control = { answer: () => Promise.resolve(), die: (_: AgentError) => {} };
  const openFake: OpenTunnel = async () => {
    seen.opened += 1;
    const { promise: ended, resolve } = Promise.withResolvers<AgentError>();
    control.die = resolve;
    return {
      baseUrl: `http://tunnel-${seen.opened}`,
      ended,
      explain: () => silent,
      close: async () => void (seen.closed += 1),
    };
  };
  const forward: Forward = createForward({
    clock,
    random: () => 0.999_999,
    timing: DEFAULT_TIMING,
    enter: () => Promise.resolve(() => {}),
    open: open ?? openFake,
    probe() {
      seen.probes.push(clock.now() - began);
      return control.answer();
    },
    onChange: () => void seen.states.push(forward.snapshot().state.kind),
  });
  const signal = () => {
    const abort = new AbortController();
    clock.after(60_000, () => abort.abort());
    return abort.signal;
  };
  return { clock, seen, control, forward, signal };
}

describe('a forward', () => {
  test('is ready with the first answer and probed every 20 s', async () => {
    const { clock, seen, forward } = rig();
    await clock.advance(0);
    expect(seen.states).toEqual(['starting', 'ready']);
    await clock.advance(65_000);
    expect(seen.probes).toEqual([0, 20_000, 40_000, 60_000]);
    expect(seen.states).toHaveLength(2);
    await forward.stop();
    expect(seen.states.at(-1)).toBe('stopped');
    expect([seen.opened, seen.closed]).toEqual([1, 1]);
  });

  test('is asked again every half second until the first answer comes', async () => {
    const { clock, seen, control, forward } = rig();
    control.answer = () => Promise.reject(silent);
    await clock.advance(1_000);
    control.answer = () => Promise.resolve();
    await clock.advance(1_000);
    expect(seen.states).toEqual(['starting', 'ready']);
    await forward.stop();
  });

  test('without a first answer in 10 s it is replaced', async () => {
    const { clock, seen, control, forward } = rig();
    control.answer = () => Promise.reject(silent);
    await clock.advance(10_500);
    expect(forward.snapshot()).toMatchObject({ state: { kind: 'waiting', cause: silent }, lastError: silent });
    expect(seen.closed).toBe(1);
    await clock.advance(1_000);
    expect(seen.opened).toBe(2);
    await forward.stop();
  });

  test('a frozen tunnel is replaced within 25 s, though nothing ever fails', async () => {
    const { clock, seen, control, forward } = rig();
    await clock.advance(1);
    control.answer = () => new Promise(() => {});
    await clock.advance(25_000);
    expect([seen.opened, seen.closed, forward.snapshot().restarts]).toEqual([2, 1, 1]);
    await forward.stop();
  });

  test('that dies starts again a second later', async () => {
    const { clock, seen, control, forward } = rig();
    await clock.advance(5_000);
    control.die(lost);
    await clock.advance(0);
    expect(forward.snapshot().state).toMatchObject({ kind: 'waiting', cause: lost, attempt: 0 });
    await clock.advance(1_000);
    expect(forward.snapshot()).toMatchObject({
      state: { kind: 'ready', baseUrl: 'http://tunnel-2' },
      restarts: 1,
      lastError: lost,
    });
    expect(seen.closed).toBe(1);
    await forward.stop();
  });

  test('its death explains a failed probe better than the probe does', async () => {
    const { clock, control, forward } = rig();
    await clock.advance(1);
    control.answer = () => Promise.reject(silent);
    forward.suspect();
    await clock.advance(100);
    control.die(lost);
    await clock.advance(0);
    expect(forward.snapshot().lastError).toBe(lost);
    await forward.stop();
  });
});

describe('acquiring', () => {
  test('waits for ready, and asks again only what is older than a second', async () => {
    const { clock, seen, forward, signal } = rig();
    const early = forward.acquire('c', signal());
    await clock.advance(0);
    expect((await early).baseUrl).toBe('http://tunnel-1');
    await clock.advance(900);
    await forward.acquire('c', signal());
    expect(seen.probes).toHaveLength(1);
    await clock.advance(200);
    const [first, second] = await Promise.all([forward.acquire('c', signal()), forward.acquire('c', signal())]);
    expect(seen.probes).toHaveLength(2);
    expect([first.isCurrent(), second.isCurrent()]).toEqual([true, true]);
    await forward.stop();
    expect(first.isCurrent()).toBe(false);
  });

  test('replaces what does not answer, and the old lease is void', async () => {
    const { clock, control, forward, signal } = rig();
    await clock.advance(0);
    const old = await forward.acquire('c', signal());
    await clock.advance(5_000);
    control.answer = () => Promise.reject(silent);
    const next = forward.acquire('c', signal());
    await clock.advance(300);
    control.answer = () => Promise.resolve();
    await clock.advance(1_000);
    expect((await next).baseUrl).toBe('http://tunnel-2');
    expect(old.isCurrent()).toBe(false);
    await forward.stop();
  });

  test('is refused at once where a person is needed, and works once that is mended', async () => {
    const { clock, forward, signal } = rig(() => Promise.reject(denied));
    await clock.advance(0);
    await expect(forward.acquire('c', signal())).rejects.toBe(denied);
    expect(forward.snapshot().state).toMatchObject({ kind: 'failed', retryAt: clock.now() + 30_000 });
    await forward.stop();
  });

  test('tells the last cause when it is given up', async () => {
    const { clock, forward } = rig(() => Promise.reject(lost));
    const abort = new AbortController();
    const waiting = forward.acquire('c', abort.signal);
    await clock.advance(100);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({
      code: 'cluster/unreachable',
      message: expect.stringContaining('lost'),
      cause: lost,
    });
    await forward.stop();
  });

  test('ends with the forward', async () => {
    const { clock, forward, signal } = rig(() => Promise.reject(lost));
    await clock.advance(0);
    const waiting = forward.acquire('c', signal());
    await forward.stop();
    await expect(waiting).rejects.toMatchObject({ code: 'agent/stopping' });
  });
});
