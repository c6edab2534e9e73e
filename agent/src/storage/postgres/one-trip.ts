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

/** A statement, and those without values and rows that go before and after it in the same message; where one fails, none after it is done. */
export type OneTrip = {
  before: readonly string[];
  config: pg.QueryConfig | pg.QueryArrayConfig;
  after: readonly string[];
};

/**
 * Sends several statements and waits once: the extended protocol answers all of them up to a Sync. So a transaction costs no waiting for its BEGIN and
 * for its last statement before its COMMIT. https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export function inOneTrip(
  client: Pick<pg.ClientBase, 'query'>,
  { before, config, after }: OneTrip,
): Promise<pg.QueryResult> {
  return new Promise((resolve, reject) => {
    const answered = (error: Error | undefined, results: unknown): void => {
      if (error) return reject(error);
      const all = (Array.isArray(results) ? results : [results]) as pg.QueryResult[];
      const result = all[before.length];
      if (result === undefined) reject(new Error('PostgreSQL answered fewer statements than it was sent'));
      else resolve(result);
    };
    const extended = { ...config, queryMode: 'extended' };
    // Its types say that there is one result.
    const query = new pg.Query(extended, answered);
    const submit = query.submit.bind(query);
    query.submit = (connection) => {
      const wire = connection as unknown as Wire;
      const send = (text: string): void => {
        wire.parse({ text });
        wire.bind({});
        wire.execute({});
      };
      const sync = (): void => {
        after.forEach(send);
        wire.sync();
      };
      const { stream } = wire;
      stream.cork();
      try {
        before.forEach(send);
        // All that pg sends for the statement itself ends with a Sync.
        return submit(Object.create(connection, { sync: { value: sync } }) as typeof connection);
      } finally {
        stream.uncork();
      }
    };
    client.query(query);
  });
}
