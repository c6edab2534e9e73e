import { afterEach, expect, test } from '@jest/globals';
import { ask, startBackend, startForwardRig } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { startStubChild } from '../rig/stub-child.ts';
import { freePorts } from '../rig/free-port.ts';

const kubectls = await realKubectls();

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** With the timing of the product: nothing is shortened here. */
test('a frozen tunnel, which no kubectl ever notices, is replaced within 25 s, and works again after the thaw', async () => {
  const backend = await startBackend('thawed');
  cleanups.push(() => backend.stop());
  const stub = await startStubChild({ clusters: { frozen: { backend } } });
  cleanups.push(() => stub.stop());
  const [port = 0] = await freePorts(1);
  const rigs = await Promise.all(
    kubectls.map(async ({ path }, i) => {
      const rig = await startForwardRig({ kubectlPath: path, kubeconfig: stub.kubeconfig });
      cleanups.push(() => rig.stop());
      rig.pool.ensure(rig.target('frozen', `127.0.0.${i + 1}`, port));
      const { pid } = await rig.untilState('frozen', 'ready');
      return { rig, pid };
    }),
  );

  stub.freeze();
  const frozenAt = Date.now();
  for (const { rig, pid } of rigs) {
    await rig.untilState('frozen', 'waiting');
    await rig.until('frozen', (info) => info.restarts === 1 && info.state.kind === 'starting');
    expect(Date.now() - frozenAt).toBeLessThan(25_000);
    expect(rig.pool.info('frozen')?.pid).not.toBe(pid);
    expect(rig.pool.info('frozen')?.lastError?.message).toMatch(/context "frozen"/);
  }

  stub.thaw();
  for (const { rig } of rigs) {
    const lease = await rig.pool.acquire('frozen', AbortSignal.timeout(20_000));
    expect(await ask(lease.baseUrl, '/')).toBe('thawed');
  }
}, 60_000);
