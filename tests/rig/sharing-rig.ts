import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatusAnswer } from '../../agent/src/contract/api.ts';
import type { AgentView } from '../../agent/src/contract/status.ts';
import { eventually, startAgentProcess, type AgentProcess } from './agent.ts';
import { startFleetChild, type FleetChild } from './fleet-child.ts';
import { freePorts } from './free-port.ts';
import { startHttpReceiver, type HttpReceiver } from './http-receiver.ts';
import { realKubectls } from './kubectl.ts';
import { startPostgres, type RealPostgres } from './postgres.ts';
import { startStubChild, type StubChild } from './stub-child.ts';

/** The cluster that is reached through kubectl; the others have an address. */
const TUNNELLED = 0;

export type SharingRig = {
  postgres: RealPostgres;
  databaseUrl: string;
  fleet: FleetChild;
  /** What was told, by any agent. */
  told: HttpReceiver;
  clusters: string[];
  start(name: string, options?: StartOptions): Promise<AgentProcess>;
  /** What an agent says of all of them. */
  agentsBy(agent: AgentProcess): Promise<AgentView[]>;
  /** Rows of a query against the shared database. */
  sql<T extends object>(query: string): Promise<T[]>;
  stop(): Promise<void>;
};

export type StartOptions = {
  databaseUrl?: string;
  /** Addresses of its own for clusters. */
  addresses?: Record<string, string>;
  /** It has a kubeconfig with the context of the tunnelled cluster. */
  hasContext?: boolean;
  settings?: Record<string, unknown>;
};

/** A database, a simulated fleet of which one cluster is behind a stub API server, somebody who is told, and no agent yet. */
export async function startSharingRig(clusters: number, hpasPerCluster: number): Promise<SharingRig> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-sharing-'));
  const postgres = await startPostgres();
  const databaseUrl = await postgres.createDatabase();
  const fleet = await startFleetChild({ seed: 1, clusters, hpasPerCluster });
  const told = await startHttpReceiver();
  const tunnelled = fleet.clusters[TUNNELLED];
  if (!tunnelled) throw new Error('a fleet needs a cluster');
  const context = `${tunnelled.name}-admin`;
  const stub: StubChild = await startStubChild({
    clusters: { [context]: { backend: { host: '127.0.0.1', port: tunnelled.port } } },
  });
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, stub.kubeconfig);
  const [kubectl] = await realKubectls();
  const agents: AgentProcess[] = [];
  return {
    postgres,
    databaseUrl,
    fleet,
    told,
    clusters: fleet.clusters.map(({ name }) => name),
    async start(name, { databaseUrl: url = databaseUrl, addresses = {}, hasContext = true, settings = {} } = {}) {
      // On one machine each agent needs ports of its own.
      const lanes = await freePorts(2);
      const reachOf = (cluster: string, address: string) =>
        cluster === tunnelled.name && !(cluster in addresses)
          ? { context }
          : { prometheusUrl: addresses[cluster] ?? address };
      const agent = await startAgentProcess(
        {
          lanes,
          slotDuration: '5s',
          ...(hasContext && { kubectl: { path: kubectl?.path, kubeconfig } }),
          clusters: fleet.clusters
            .filter((cluster) => hasContext || cluster.name !== tunnelled.name)
            .map((cluster) => ({ name: cluster.name, ...reachOf(cluster.name, cluster.url) })),
          notify: [{ type: 'webhook', name: 'hook', url: told.url }],
          sharing: { name },
          log: { level: 'debug' },
          ...settings,
        },
        ...([0, [], [], false] as const),
        { env: { HPA_WATCH_DATABASE_URL: url } },
      );
      agents.push(agent);
      return agent;
    },
    async agentsBy(agent) {
      const { body } = await agent.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
      return body.agents;
    },
    sql: (query) => postgres.query(query, new URL(databaseUrl).pathname.slice(1)),
    async stop() {
      await Promise.all(agents.map((agent) => agent.kill()));
      await Promise.all([fleet.stop(), told.stop(), stub.stop(), postgres.destroy()]);
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** By name: the clusters that each living agent watches. */
export const ownersIn = (agents: readonly AgentView[]): Map<string, string[]> =>
  new Map(
    agents
      .filter(({ state }) => state === 'live')
      .map(({ name, clusters }) => [name, clusters.map(({ cluster }) => cluster).sort()]),
  );

/** Waits until these agents, and only they, watch all clusters evenly; answers who watches what. */
export async function shared(
  rig: SharingRig,
  by: AgentProcess,
  names: readonly string[],
  withinMs: number,
): Promise<Map<string, string[]>> {
  const wanted = [...rig.clusters].sort();
  return eventually(`${names.join(', ')} watch everything evenly`, withinMs, async () => {
    const owners = ownersIn(await rig.agentsBy(by));
    const loads = names.map((name) => owners.get(name)?.length ?? 0);
    const all = [...owners.values()].flat().sort();
    const isEven = Math.max(...loads) - Math.min(...loads) <= 1 && owners.size === names.length;
    return isEven && JSON.stringify(all) === JSON.stringify(wanted) ? owners : null;
  });
}
