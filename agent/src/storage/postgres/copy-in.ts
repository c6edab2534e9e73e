import type { Writable } from 'node:stream';
import type pg from 'pg';

/** What pg's connection can do besides what its types say. */
type CopyConnection = {
  stream: Pick<Writable, 'cork' | 'uncork'>;
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
};

/**
 * `COPY ... FROM STDIN` of chunks that are made while the server takes those before. https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-COPY
 */
export function copyIn(client: Pick<pg.ClientBase, 'query'>, text: string, chunks: Iterable<Buffer>): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | null = null;
    const rest = chunks[Symbol.iterator]();
    // The first chunk is made while the server reads what it is about.
    let next: IteratorResult<Buffer> = { done: true, value: undefined };
    // The methods are those that pg calls on whatever it is given as a query; it may replace `callback` to count the time.
    const copying = {
      callback: (error: Error | null) => (error ? reject(error) : resolve()),
      submit(connection: CopyConnection) {
        connection.query(text);
        next = rest.next();
      },
      handleCopyInResponse(connection: CopyConnection) {
        const { stream } = connection;
        // The last chunk and the end in one write; of the others each on its way while the next one is made.
        stream.cork();
        for (; !next.done; next = rest.next()) {
          stream.uncork();
          stream.cork();
          connection.sendCopyFromChunk(next.value);
        }
        connection.endCopyFrom();
        stream.uncork();
      },
      handleCommandComplete: () => undefined,
      handleReadyForQuery() {
        if (failed === null) copying.callback(null);
      },
      handleError(error: Error) {
        failed = error;
        copying.callback(error);
      },
    };
    client.query(copying as unknown as pg.Submittable);
  });
}
