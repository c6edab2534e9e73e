import type { Database } from 'better-sqlite3';
import { clusterDefinitionOf } from '../stored-json.ts';
import type { StoredCluster } from '../store.ts';

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

export function clusterStatements(db: Database) {
  const all = db.prepare<[], ClusterRecord>('SELECT * FROM cluster ORDER BY created_at, name');
  const save = db.prepare<[string, string | null, number | null, number | null, number]>(
    `INSERT INTO cluster (name, definition, lane, place, created_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET definition = excluded.definition, lane = excluded.lane,
       place = excluded.place, created_at = excluded.created_at`,
  );
  const remove = db.prepare<[string]>('DELETE FROM cluster WHERE name = ?');
  return {
    /** Oldest first. */
    listClusters: (): StoredCluster[] =>
      all.all().map(({ name, definition, lane, place, created_at }) => ({
        name,
        ...definitionOf(definition),
        lane,
        place,
        createdAt: created_at,
      })),
    saveCluster({ name, definition, lane, place, createdAt }: StoredCluster): void {
      save.run(name, definition === null ? null : JSON.stringify(definition), lane, place, createdAt);
    },
    /** Only the cluster itself: its HPAs and their history stay. */
    removeCluster(name: string): void {
      remove.run(name);
    },
  };
}
