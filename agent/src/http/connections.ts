import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { SECOND } from '../core/clock.ts';

export type ConnectionLimits = {
  /** Open connections of all kinds. */
  most: number;
  /** What is left of a body may still come for so long after its answer. */
  lingerMs: number;
};

export const CONNECTION_LIMITS: ConnectionLimits = { most: 512, lingerMs: SECOND };

type Connection = { socket: Socket; answers: number };

/** The same for the plain socket that is accepted and for the TLS socket made of it. */
const peerOf = ({ remoteAddress, remotePort }: Socket): string => `${remoteAddress} ${remotePort}`;

/**
 * Keeps to a number of connections. A new one takes the place of the one that has been without a request to answer for longest (half-open,
 * in its TLS handshake, slow or idle), so that whoever opens many and says nothing keeps nobody out; it is refused only where all others are
 * being answered. Answers under way, event streams among them, are never cut.
 */
export function limitConnections(server: Server, { most, lingerMs }: ConnectionLimits): void {
  const open = new Map<string, Connection>();
  /** Those without a request to answer, longest first. */
  const waiting = new Set<Connection>();

  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    const connection = { socket, answers: 0 };
    open.set(peer, connection);
    waiting.add(connection);
    socket.once('close', () => {
      waiting.delete(connection);
      if (open.get(peer) === connection) open.delete(peer);
    });
    const [longest] = waiting;
    if (open.size > most && longest) longest.socket.destroy();
  });

  server.on('request', (req: IncomingMessage, res: ServerResponse) => {
    const connection = open.get(peerOf(req.socket));
    if (!connection) return;
    connection.answers += 1;
    waiting.delete(connection);
    res.once('close', () => {
      connection.answers -= 1;
      if (connection.answers === 0 && !connection.socket.destroyed) waiting.add(connection);
      if (!req.complete) cutLater(req, lingerMs);
    });
  });
}

/** A refused call may have a body that nobody reads; its sender gets no more than a moment of our time. */
function cutLater(req: IncomingMessage, lingerMs: number): void {
  const timer = setTimeout(() => {
    if (!req.complete) req.socket.destroy();
  }, lingerMs);
  timer.unref();
  req.once('close', () => clearTimeout(timer));
}
