import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

export type ReplayingProxy = {
  url: string;
  /** What came from behind since the start, and what was answered from memory. */
  asked(): number;
  replayed(): number;
  stop(): Promise<void>;
};

/**
 * Passes POSTs on to a server and keeps the answers: who asks the very same again is answered at once. So a second run shows what the
 * asker takes by itself.
 */
export async function startReplayingProxy(target: string): Promise<ReplayingProxy> {
  const kept = new Map<string, Buffer>();
  let [asked, replayed] = [0, 0];
  const answer = async (path: string, form: string): Promise<Buffer> => {
    const key = `${path}\n${form}`;
    const known = kept.get(key);
    if (known) {
      replayed += 1;
      return known;
    }
    asked += 1;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'accept-encoding': 'identity' };
    const response = await fetch(target + path, { method: 'POST', headers, body: form });
    const body = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${response.status} ${body.toString('utf8', 0, 300)}`);
    kept.set(key, body);
    return body;
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      answer(request.url ?? '/', Buffer.concat(chunks).toString()).then(
        (body) => response.end(body),
        (error: Error) => response.writeHead(502).end(error.message),
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    replayed: () => replayed,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
