import { createServer, type IncomingHttpHeaders } from 'node:http';
import { once } from 'node:events';

export type Received = { method: string; path: string; headers: IncomingHttpHeaders; body: string; status: number };

export type HttpReceiver = {
  url: string;
  /** Everything that came, in its order, with the status it was answered. */
  received: Received[];
  /** What was answered with 2xx, parsed. */
  taken: () => unknown[];
  stop(): Promise<void>;
};

/** A real HTTP server on 127.0.0.1; `statusOf` says how the n-th request (from 0) is answered, null: not at all. */
export async function startHttpReceiver(
  statusOf: (n: number, body: string) => number | null = () => 200,
): Promise<HttpReceiver> {
  const received: Received[] = [];
  let count = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const status = statusOf(count++, body);
      const { method = '', url: path = '', headers } = request;
      received.push({ method, path, headers, body, status: status ?? 0 });
      if (status !== null) response.writeHead(status).end('ok');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received,
    taken: () =>
      received.filter(({ status }) => status >= 200 && status < 300).map(({ body }) => JSON.parse(body) as unknown),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
