import { homedir } from 'node:os';
import type { Config, Environment } from '../config/load.ts';
import { SECOND, type Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { resolveContext } from '../kubectl/contexts.ts';
import { hasManyLoopbacks } from '../kubectl/endpoints.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import { readContexts } from '../kubectl/kubeconfig.ts';
import type { PidLedger } from '../kubectl/ledger.ts';
import { createForwardPool } from '../kubectl/pool.ts';
import { createPrometheusClient } from '../prometheus/client.ts';

export type WaysDeps = {
  config: Pick<Config, 'kubectl'>;
  env: Environment;
  clock: Clock;
  logger: Logger;
  mode: 'persistent' | 'rotating';
  ledger: Pick<PidLedger, 'record' | 'forget'>;
  onChange: (info: ForwardInfo) => void;
};

/** The pool of forwards, with a real kubectl and a probe that asks Prometheus. */
export const openWays = ({ config, env, clock, logger, mode, ledger, onChange }: WaysDeps): ForwardPool =>
  createForwardPool({
    clock,
    random: Math.random,
    logger,
    mode,
    ledger,
    kubectlPath: config.kubectl.path,
    kubeconfig: config.kubectl.kubeconfig,
    env: environmentOfKubectl(env),
    probe: async (baseUrl, signal) => {
      // A connection of its own: that the tunnel carries new ones is what is to be shown.
      const client = createPrometheusClient({ baseUrl, timeoutMs: 10 * SECOND, clock });
      await client.ready(signal).finally(() => client.close());
    },
    onChange,
  });

export type Contexts = Awaited<ReturnType<typeof watchContexts>>;

/** The contexts of the kubeconfig, read once and again on demand. */
export async function watchContexts({ kubectl, clusters }: Config, env: Environment) {
  const place = { kubeconfig: kubectl.kubeconfig, kubeconfigEnv: env.KUBECONFIG, home: env.HOME ?? homedir() };
  let contexts: string[] = [];
  const refresh = async () => {
    contexts = await readContexts(place);
  };
  // Who reaches every cluster by an address needs no kubeconfig, not even a sound one.
  if (clusters.some(({ prometheusUrl }) => prometheusUrl === null)) await refresh();
  return {
    refresh,
    /** As of the last time it was read. */
    has: (context: string) => contexts.includes(context),
    /** Read anew. */
    all: async () => {
      await refresh();
      return contexts;
    },
    resolve: (cluster: { name: string; context?: string }, code: 'config/invalid' | 'cluster/unknown') =>
      resolveContext(cluster, { contexts, contextSuffix: kubectl.contextSuffix, code }),
  };
}

export async function forwardMode(config: Config, logger: Logger): Promise<'persistent' | 'rotating'> {
  const many = await hasManyLoopbacks();
  if (config.forwardMode === 'persistent' && !many) {
    throw new AgentError(
      'config/invalid',
      'forwardMode persistent needs 127.0.0.2 and up; found: only 127.0.0.1. Allowed here: rotating, or add loopback aliases',
    );
  }
  const mode = config.forwardMode ?? (many ? 'persistent' : 'rotating');
  if (config.forwardMode === null && !many)
    logger.info('only 127.0.0.1 exists here: forwards take turns (forwardMode rotating)');
  return mode;
}

/** The agent's own settings, its token above all, are none of kubectl's business. */
export const environmentOfKubectl = (env: Environment): Environment =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('HPA_WATCH_')));
