import type { PostgresDatabase } from './database.ts';

/** The cluster of each HPA, for the guard of a write. An HPA never changes its cluster, and its id is never given again. */
export type HpaClusters = {
  /** Those that there are; ids without an HPA are left out. Answers in the order asked, so that writes keep theirs. */
  of(hpaIds: Iterable<number>): Promise<Map<number, string>>;
};

export function hpaClusters(database: Pick<PostgresDatabase, 'read'>): HpaClusters {
  const known = new Map<number, string>();
  let last: Promise<unknown> = Promise.resolve();

  const look = async (wanted: readonly number[]): Promise<Map<number, string>> => {
    const unknown = wanted.filter((id) => !known.has(id));
    if (unknown.length > 0) {
      const rows = await database.read((sql) =>
        sql.rows<{ id: number; cluster: string }>('SELECT id, cluster FROM hpa WHERE id = ANY($1)', [unknown]),
      );
      for (const { id, cluster } of rows) known.set(id, cluster);
    }
    const found = new Map<number, string>();
    for (const id of wanted) {
      const cluster = known.get(id);
      if (cluster !== undefined) found.set(id, cluster);
    }
    return found;
  };

  return {
    of(hpaIds) {
      const wanted = [...new Set(hpaIds)];
      const answer = last.then(() => look(wanted));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** Each once, in the order in which locks are taken. */
export const clustersIn = (byHpa: ReadonlyMap<number, string>): string[] => [...new Set(byHpa.values())].sort();
