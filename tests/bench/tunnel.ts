import { Agent, createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { ask, startForwardRig } from '../rig/forward-rig.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { StubApiServer } from '../rig/stub-apiserver.ts';
import { freePorts } from '../rig/free-port.ts';

const LATENCY_REQUESTS = 400;
const NEW_CONNECTIONS = 100;
const LARGE_BYTES = 4 * 1024 * 1024;
const LARGE_REQUESTS = 12;

const quantile = (values: number[], q: number): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * q)] ?? NaN;

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await run();
  return performance.now() - startedAt;
}

/** Small answers on a kept connection, small answers on a new connection each, large answers on a kept connection. */
async function measure(baseUrl: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let i = 0; i < 20; i++) await ask(baseUrl, '/small', undefined, agent);
  const kept: number[] = [];
  for (let i = 0; i < LATENCY_REQUESTS; i++) kept.push(await timed(() => ask(baseUrl, '/small', undefined, agent)));
  const fresh: number[] = [];
  for (let i = 0; i < NEW_CONNECTIONS; i++) fresh.push(await timed(() => ask(baseUrl, '/small')));
  const ms = await timed(async () => {
    for (let i = 0; i < LARGE_REQUESTS; i++) await ask(baseUrl, '/large', undefined, agent);
  });
  agent.destroy();
  return {
    keptP50Ms: quantile(kept, 0.5),
    keptP95Ms: quantile(kept, 0.95),
    freshP50Ms: quantile(fresh, 0.5),
    mibPerSecond: (LARGE_BYTES * LARGE_REQUESTS) / 2 ** 20 / (ms / 1_000),
  };
}

const rounded = (value: number): number => Number(value.toPrecision(4));

/**
 * Requests through a real kubectl's tunnel against the same requests to the same server directly, one right after the
 * other. `tunnel / direct` for times, so more is slower; for throughput, so less is slower.
 */
export async function bench(): Promise<object[]> {
  const large = 'x'.repeat(LARGE_BYTES);
  const server = createServer((request, response) => response.end(request.url === '/large' ? large : 'ok'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stub = await new StubApiServer({ clusters: { bench: { backend: { host: '127.0.0.1', port } } } }).listen();
  const rows: object[] = [];
  for (const { name, path } of await realKubectls()) {
    const rig = await startForwardRig({ kubectlPath: path, kubeconfig: stub.kubeconfig() });
    try {
      const [localPort = 0] = await freePorts(1);
      const startedAt = performance.now();
      rig.pool.ensure(rig.target('bench', '127.0.0.1', localPort));
      const { baseUrl } = await rig.pool.acquire('bench', AbortSignal.timeout(20_000));
      const readyMs = performance.now() - startedAt;
      const direct = await measure(`http://127.0.0.1:${port}`);
      const tunnel = await measure(baseUrl);
      rows.push({
        bench: 'tunnel',
        kubectl: name,
        ready_ms: rounded(readyMs),
        kept_connection_p50_ms: rounded(tunnel.keptP50Ms),
        kept_connection_p50_ratio: rounded(tunnel.keptP50Ms / direct.keptP50Ms),
        kept_connection_p95_ratio: rounded(tunnel.keptP95Ms / direct.keptP95Ms),
        new_connection_p50_ms: rounded(tunnel.freshP50Ms),
        new_connection_p50_ratio: rounded(tunnel.freshP50Ms / direct.freshP50Ms),
        throughput_mib_per_s: rounded(tunnel.mibPerSecond),
        throughput_ratio: rounded(tunnel.mibPerSecond / direct.mibPerSecond),
      });
    } finally {
      await rig.stop();
    }
  }
  await stub.close();
  server.closeAllConnections();
  server.close();
  return rows;
}
