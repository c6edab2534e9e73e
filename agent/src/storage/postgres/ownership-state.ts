import { z } from 'zod';
import type { Cluster } from '../../domain/cluster.ts';
import { isClusterName } from '../../domain/hpa.ts';
import type { AgentRecord, Notice, SharedCluster, SharedState } from '../../domain/ownership.ts';
import { clusterDefinitionOf } from '../stored-json.ts';
import type { Sql } from './sql.ts';

/** Epoch ms of the database's clock; in a transaction that of its beginning, so that waiting makes nobody look dead who is not. */
export const NOW_MS = 'CAST(FLOOR(EXTRACT(EPOCH FROM now()) * 1000) AS BIGINT)';
const NOTICES_MS = 60_000;

type AgentRow = Omit<AgentRecord, 'isLive' | 'isDead' | 'isLeaving' | 'outOfReach'> & {
  live: boolean;
  leaving: number;
  dead: number;
  reach: string;
};
type NoticeRow = Notice & { id: string; sender: string };

/** All that is known of who watches what. */
export async function readOwnership(sql: Sql): Promise<SharedState> {
  const clock = await sql.first<{ now: number }>(`SELECT ${NOW_MS} AS now`);
  const agents = await sql.rows<AgentRow>(
    `SELECT id, name, home, version, url, started_at AS "startedAt", seen_at AS "seenAt", steady_since AS "steadySince",
       (dead = 0 AND expires_at > ${NOW_MS}) AS live, leaving, dead, out_of_reach AS reach
     FROM agent ORDER BY started_at, id`,
  );
  const leases = await sql.rows<SharedState['leases'][number]>(
    'SELECT cluster AS name, owner, fence, since, promised_to AS "promisedTo" FROM cluster_lease ORDER BY cluster',
  );
  const notices = await sql.rows<NoticeRow>(
    `SELECT id, sender, cluster, kind, about FROM notice WHERE at > ${NOW_MS} - ${NOTICES_MS} ORDER BY at, id`,
  );
  return {
    now: clock?.now ?? 0,
    agents: agents.map(({ live, leaving, dead, reach, ...agent }) => ({
      ...agent,
      isLive: live,
      isDead: dead === 1,
      isLeaving: leaving === 1,
      outOfReach: z.array(z.string()).parse(JSON.parse(reach)),
    })),
    leases,
    clusters: await readClusters(sql),
    notices,
  };
}

type DeclaredRow = { name: string; definition: string; createdAt: number };
type AddedRow = { name: string; definition: string; createdAt: number };

/**
 * Those of the settings of every agent that was seen within a day (what stands in settings is nobody's to remove), and those added at run time. What
 * several agents declare is taken from the one that started last.
 */
async function readClusters(sql: Sql): Promise<SharedCluster[]> {
  const declared = await sql.rows<DeclaredRow>(
    `SELECT cluster AS name, definition, declared_at AS "createdAt" FROM cluster_declaration d
     WHERE EXISTS (SELECT 1 FROM agent a WHERE a.name = d.agent_name) ORDER BY declared_at`,
  );
  const added = await sql.rows<AddedRow>(
    'SELECT name, definition, created_at AS "createdAt" FROM cluster WHERE definition IS NOT NULL ORDER BY created_at',
  );
  const byName = new Map<string, SharedCluster>();
  for (const { name, definition, createdAt } of added) {
    const reach = isClusterName(name) ? clusterDefinitionOf(definition) : null;
    if (reach === null) continue;
    byName.set(name, {
      name,
      reach:
        'context' in reach ? { kind: 'context', context: reach.context } : { kind: 'direct', url: reach.prometheusUrl },
      source: 'api',
      prometheus: null,
      createdAt,
    });
  }
  for (const { name, definition, createdAt } of declared) {
    const { reach, prometheus } = declarationSchema.parse(JSON.parse(definition));
    byName.set(name, {
      name,
      reach,
      prometheus,
      source: 'config',
      createdAt: byName.get(name)?.createdAt ?? createdAt,
    });
  }
  return [...byName.values()].sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1));
}

const declarationSchema = z.object({
  reach: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('context'), context: z.string() }),
    z.object({ kind: z.literal('direct'), url: z.string() }),
  ]),
  prometheus: z.object({ namespace: z.string(), service: z.string(), port: z.number(), timeoutMs: z.number() }),
});

export const declarationOf = ({ reach, prometheus }: Cluster): string => JSON.stringify({ reach, prometheus });
