import { SECOND, type Clock } from '../core/clock.ts';
import { toAgentError, type AgentError } from '../core/errors.ts';
import { withTimeout } from '../core/signals.ts';
import type { Cluster, LocalEndpoint } from '../domain/cluster.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import type { Connect } from './clients.ts';
import type { ClusterSession, Discovery } from './collector.ts';

/** How far one cluster got: context -> forward -> Prometheus -> metrics. */
export type CheckResult = {
  cluster: string;
  via: string;
  /** The first step that failed; null when all hold. */
  failedAt: 'context' | 'forward' | 'metrics' | null;
  readyMs: number | null;
  hpas: number | null;
  notes: string[];
  error: AgentError | null;
};

export type CheckDeps = {
  pool: Pick<ForwardPool, 'ensure' | 'acquire' | 'info'>;
  discover(session: ClusterSession, signal: AbortSignal): Promise<Discovery>;
  connect: Connect;
  clock: Clock;
  /** A free local port for this cluster's forward. */
  endpoint(): Promise<LocalEndpoint>;
};

const CHECK_TIMEOUT_MS = 30 * SECOND;

/** Tries one cluster from end to end. Never rejects. */
export async function checkCluster(deps: CheckDeps, cluster: Cluster): Promise<CheckResult> {
  const { pool, connect, clock } = deps;
  const { name, reach, prometheus } = cluster;
  const result: CheckResult = {
    cluster: name,
    via: reach.kind === 'direct' ? reach.url : `context ${reach.context}`,
    failedAt: 'forward',
    readyMs: null,
    hpas: null,
    notes: [],
    error: null,
  };
  try {
    const startedAt = clock.now();
    const signal = withTimeout(CHECK_TIMEOUT_MS);
    pool.ensure({ cluster: name, reach, prometheus, endpoint: await deps.endpoint() });
    const lease = await pool.acquire(name, signal);
    const note = pool.info(name)?.note;
    Object.assign(result, { failedAt: 'metrics', readyMs: clock.now() - startedAt, notes: note ? [note] : [] });
    const client = connect(cluster, lease.baseUrl);
    const session = { cluster: name, prometheus: client, isCurrent: () => lease.isCurrent() };
    const { hpas, notes } = await deps.discover(session, signal).finally(() => client.close());
    return { ...result, failedAt: null, hpas: hpas.length, notes: [...result.notes, ...notes] };
  } catch (error) {
    return { ...result, error: toAgentError(error) };
  }
}
