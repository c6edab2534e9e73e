import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { Agent } from 'node:http';
import { createServer, get, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../agent/src/core/clock.ts';
import { AgentError } from '../../agent/src/core/errors.ts';
import { silentLogger } from '../../agent/src/core/logger.ts';
import type { ForwardInfo, ForwardState } from '../../agent/src/domain/forward.ts';
import type { ForwardPool, ForwardTarget } from '../../agent/src/kubectl/forward-pool.ts';
import { createLedger, type PidLedger } from '../../agent/src/kubectl/ledger.ts';
import { identify } from '../../agent/src/kubectl/process-identity.ts';
import { createForwardPool, type PoolDeps } from '../../agent/src/kubectl/pool.ts';

/** What answers `/-/ready` and everything else with its own name: a Prometheus as far as a forward can tell. */
export async function startBackend(name: string): Promise<{ host: string; port: number; stop(): Promise<void> }> {
  const server: Server = createServer((_, response) => response.setHeader('x-filler', 'x'.repeat(200)).end(name));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The body of an answer; AgentError `prometheus/unreachable` where none comes. */
export function ask(baseUrl: string, path: string, signal?: AbortSignal, agent?: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const fail = (error: Error) =>
      reject(new AgentError('prometheus/unreachable', error.message, { retryable: true, cause: error }));
    get(`${baseUrl}${path}`, { signal, agent: agent ?? false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => (body += text));
      response.on('error', fail);
      response.on('end', () => resolve(body));
    }).on('error', fail);
  });
}

export type ForwardRig = {
  pool: ForwardPool;
  ledger: PidLedger;
  ledgerFile: string;
  dir: string;
  /** Every change of state there was, oldest first. */
  changes: ForwardInfo[];
  /** Resolves with the first change (past ones included) that fits. */
  until(cluster: string, fits: (info: ForwardInfo) => boolean): Promise<ForwardInfo>;
  untilState<K extends ForwardState['kind']>(cluster: string, ...kinds: K[]): Promise<ForwardInfo>;
  target(cluster: string, address: string, port: number, more?: Partial<ForwardTarget['prometheus']>): ForwardTarget;
  stop(): Promise<void>;
};

export type ForwardRigOptions = Partial<Pick<PoolDeps, 'mode' | 'timing' | 'clock'>> & {
  kubectlPath: string;
  kubeconfig: string;
};

/** A pool with a real kubectl, the real clock and a ledger of its own, in a directory of its own. */
export async function startForwardRig({ kubectlPath, kubeconfig, ...more }: ForwardRigOptions): Promise<ForwardRig> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-forwards-'));
  const kubeconfigFile = join(dir, 'kubeconfig');
  await writeFile(kubeconfigFile, kubeconfig);
  const ledgerFile = join(dir, 'kubectl.json');
  const ledger = createLedger({ file: ledgerFile, clock: systemClock, logger: silentLogger });
  const changes: ForwardInfo[] = [];
  const watchers = new Set<() => void>();
  const pool = createForwardPool({
    clock: systemClock,
    random: Math.random,
    logger: silentLogger,
    kubectlPath,
    kubeconfig: kubeconfigFile,
    env: { PATH: process.env['PATH'], HOME: dir },
    ledger,
    probe: async (baseUrl, signal) => void (await ask(baseUrl, '/-/ready', signal)),
    mode: 'persistent',
    onChange(info) {
      changes.push(info);
      watchers.forEach((look) => look());
    },
    ...more,
  });
  const until: ForwardRig['until'] = (cluster, fits) =>
    new Promise((resolve) => {
      const look = () => {
        const info = changes.find((change) => change.cluster === cluster && fits(change));
        if (!info) return;
        watchers.delete(look);
        resolve(info);
      };
      watchers.add(look);
      look();
    });
  return {
    pool,
    ledger,
    ledgerFile,
    dir,
    changes,
    until,
    untilState: (cluster, ...kinds) => until(cluster, ({ state }) => (kinds as string[]).includes(state.kind)),
    target: (cluster, address, port, prometheus) => ({
      cluster,
      reach: { kind: 'context', context: cluster },
      prometheus: {
        namespace: 'monitoring',
        service: 'prometheus-server',
        port: 9090,
        timeoutMs: 5_000,
        ...prometheus,
      },
      endpoint: { address, port },
    }),
    async stop() {
      await pool.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Whether a process runs; what is only waiting to be collected by its parent does not. */
export const isRunning = (pid: number): boolean => identify(pid) !== null;
