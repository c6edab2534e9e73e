import { join } from 'node:path';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { checkCluster, type CheckResult } from '../collect/check.ts';
import { resolveClusters } from '../config/clusters.ts';
import type { Config, ConfiguredCluster, Environment } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import { silentLogger } from '../core/logger.ts';
import { createLedger } from '../kubectl/ledger.ts';
import { createPrometheusClient } from '../prometheus/client.ts';
import { createSurveyor } from '../collect/discover.ts';
import { lastSettledMinute } from '../collect/plan.ts';
import { freeEndpoint } from './free-endpoint.ts';
import { openWays, watchContexts } from './ways.ts';

export type CheckOptions = { config: Config; env: Environment };

/**
 * Tries every cluster of the settings, else every context of the kubeconfig, all at once and on free local ports, so that it
 * disturbs no agent that runs. Nothing is written but a ledger in a temporary directory.
 */
export async function runCheck({ config, env }: CheckOptions): Promise<CheckResult[]> {
  const clock = systemClock;
  const scratch = mkdtempSync(join(tmpdir(), 'hpa-watch-check-'));
  const contexts = await watchContexts(config, env);
  const wanted =
    config.clusters.length > 0 ? config.clusters : (await contexts.all()).map((name) => byContext(name, config));
  const ledger = createLedger({ file: join(scratch, 'kubectl.json'), clock, logger: silentLogger });
  const pool = openWays({
    config,
    env,
    clock,
    logger: silentLogger,
    mode: 'persistent',
    ledger,
    onChange: () => undefined,
  });
  const survey = createSurveyor(clock);
  try {
    return await Promise.all(
      wanted.map(async (configured) => {
        try {
          const [cluster] = resolveClusters([configured], (named) =>
            contexts.resolve(named, 'config/invalid'),
          ).clusters;
          if (!cluster) throw new Error(`${configured.name} could not be resolved`);
          const connect = (_: unknown, baseUrl: string) =>
            createPrometheusClient({ baseUrl, timeoutMs: cluster.prometheus.timeoutMs, clock });
          return await checkCluster(
            {
              pool,
              discover: (session, signal) => survey(session, null, lastSettledMinute(clock.now()), signal),
              connect,
              clock,
              endpoint: freeEndpoint,
            },
            cluster,
          );
        } catch (error) {
          return {
            cluster: configured.name,
            via: '-',
            failedAt: 'context',
            readyMs: null,
            hpas: null,
            notes: [],
            error: toAgentError(error),
          };
        }
      }),
    );
  } finally {
    await pool.stop();
    rmSync(scratch, { recursive: true, force: true });
  }
}

const byContext = (name: string, { prometheus }: Config): ConfiguredCluster => ({
  name,
  context: name,
  prometheusUrl: null,
  prometheus,
});
