import type pg from 'pg';

/** What pg's connection can do besides what its types say. */
type CopyConnection = {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
};

/**
 * `COPY ... FROM STDIN` of lines in PostgreSQL's text format, made while the server takes those before. https://www.postgresql.org/docs/15/protocol-flow.html#PROTOCOL-COPY
 */
export function copyIn(client: Pick<pg.ClientBase, 'query'>, text: string, chunks: Iterable<string>): Promise<void> {
  return new Promise((resolve, reject) => {
    let failed: Error | null = null;
    // The methods are those that pg calls on whatever it is given as a query; it may replace `callback` to count the time.
    const copying = {
      callback: (error: Error | null) => (error ? reject(error) : resolve()),
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse(connection: CopyConnection) {
        for (const lines of chunks) connection.sendCopyFromChunk(Buffer.from(lines));
        connection.endCopyFrom();
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
