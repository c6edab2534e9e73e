import type { Writable } from 'node:stream';
import pg from 'pg';

/** What pg's connection can do besides what its types say. */
type Wire = {
  stream: Pick<Writable, 'cork' | 'uncork'>;
  parse(statement: { text: string }): void;
  bind(portal: object): void;
  execute(portal: object): void;
  sync(): void;
};

type Config = pg.QueryConfig | pg.QueryArrayConfig;

/** Statements (their rows all in the same mode), and those without values and rows that go before and after them; where one fails, none after it is done. */
export type OneTrip = { before: readonly string[]; configs: readonly Config[]; after: readonly string[] };

/**
 * Sends several statements and waits once: the extended protocol answers all of them up to a Sync. So a transaction costs no waiting for its BEGIN and
 * for its last statement before its COMMIT. https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function inOneTrip(
  client: Pick<pg.ClientBase, 'query'>,
  { before, configs, after }: OneTrip,
): Promise<pg.QueryResult[]> {
  return new Promise((resolve, reject) => {
    const answered = (error: Error | undefined, results: unknown): void => {
      if (error) return reject(error);
      const all = (Array.isArray(results) ? results : [results]) as pg.QueryResult[];
      if (all.length === before.length + configs.length + after.length)
        resolve(all.slice(before.length, -after.length || undefined));
      else reject(new Error(`PostgreSQL answered ${all.length} statements and was sent others`));
    };
    const extended = configs.map((config) => ({ ...config, queryMode: 'extended' }));
    const last = extended.at(-1);
    if (last === undefined) return resolve([]);
    // It hears all answers. Its types say that there is one result.
    const query = new pg.Query(last, answered);
    const submitLast = query.submit.bind(query);
    query.submit = (connection) => {
      const wire = connection as unknown as Wire;
      const send = (text: string): void => {
        wire.parse({ text });
        wire.bind({});
        wire.execute({});
      };
      // All that pg sends for a statement ends with a Sync.
      const syncingBy = (sync: () => void) => Object.create(connection, { sync: { value: sync } }) as typeof connection;
      const { stream } = wire;
      stream.cork();
      try {
        before.forEach(send);
        for (const config of extended.slice(0, -1)) new pg.Query(config).submit(syncingBy(() => undefined));
        return submitLast(
          syncingBy(() => {
            after.forEach(send);
            wire.sync();
          }),
        );
      } finally {
        stream.uncork();
      }
    };
    client.query(query);
  });
}
