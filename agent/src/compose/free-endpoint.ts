import { createServer, type AddressInfo } from 'node:net';
import type { LocalEndpoint } from '../domain/cluster.ts';

/** A place on this machine where nothing listens now. */
export function freeEndpoint(): Promise<LocalEndpoint> {
  const address = '127.0.0.1';
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, address, () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve({ address, port }));
    });
  });
}
