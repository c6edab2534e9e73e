import type { SampleStore, StoredCluster } from '../store.ts';
import { clusterDefinitionOf } from '../stored-json.ts';
import type { PostgresDatabase } from './database.ts';

type ClusterRecord = {
  name: string;
  definition: string | null;
  lane: number | null;
  place: number | null;
  created_at: number;
};

/** What cannot be read is told, and kept as it is: a person may still make it out. */
function definitionOf(text: string | null): Pick<StoredCluster, 'definition' | 'isUnreadable'> {
  const definition = text === null ? null : clusterDefinitionOf(text);
  return { definition, ...(text !== null && definition === null ? { isUnreadable: true } : {}) };
}

export function clusterMethods(
  database: PostgresDatabase,
): Pick<SampleStore, 'listClusters' | 'saveCluster' | 'removeCluster'> {
  return {
    /** Oldest first. */
    listClusters: () =>
      database.read(async (sql) => {
        const records = await sql.rows<ClusterRecord>('SELECT * FROM cluster ORDER BY created_at, name');
        return records.map(({ name, definition, lane, place, created_at }) => ({
          name,
          ...definitionOf(definition),
          lane,
          place,
          createdAt: created_at,
        }));
      }),
    saveCluster: ({ name, definition, lane, place, createdAt }) =>
      database.write([name], 'person', async (sql) => {
        await sql.run(
          `INSERT INTO cluster (name, definition, lane, place, created_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (name) DO UPDATE SET definition = EXCLUDED.definition, lane = EXCLUDED.lane,
             place = EXCLUDED.place, created_at = EXCLUDED.created_at`,
          [name, definition === null ? null : JSON.stringify(definition), lane, place, createdAt],
        );
      }),
    /** Only the cluster itself: its HPAs and their history stay. */
    removeCluster: (name) =>
      database.write([name], 'person', async (sql) => {
        await sql.run('DELETE FROM cluster WHERE name = $1', [name]);
      }),
  };
}
