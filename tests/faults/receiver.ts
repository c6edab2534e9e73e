import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Told = {
  event: string;
  hpa: string;
  /** The same at every attempt of one message. */
  delivery: string;
  /** The sender was answered 200 on a connection that was still open. */
  taken: boolean;
};

export type HoldingReceiver = {
  url: string;
  told: Told[];
  /** From here on nobody is answered. */
  hold(): void;
  held(): number;
  /** Answers whoever waits, and from here on everyone at once. */
  release(): void;
  stop(): Promise<void>;
};

/** A webhook that counts what it is told; it can keep the sender waiting. */
export async function startHoldingReceiver(): Promise<HoldingReceiver> {
  const told: Told[] = [];
  const waiting: { response: ServerResponse; entry: Told }[] = [];
  let holding = false;

  const answer = ({ response, entry }: { response: ServerResponse; entry: Told }): void => {
    if (response.destroyed || response.socket === null || response.socket.destroyed) return;
    entry.taken = true;
    response.writeHead(200).end('ok');
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as { event: string; hpa: string };
      const delivery = String(request.headers['x-hpa-watch-delivery']);
      const entry = { event: body.event, hpa: body.hpa, delivery, taken: false };
      told.push(entry);
      if (holding) waiting.push({ response, entry });
      else answer({ response, entry });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    told,
    hold: () => (holding = true),
    held: () => waiting.length,
    release() {
      holding = false;
      waiting.splice(0).forEach(answer);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
