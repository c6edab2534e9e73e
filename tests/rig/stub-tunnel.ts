import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SpdySession, type BytePipe } from './spdy-session.ts';
import type { StubCluster } from './stub-faults.ts';

type Connection = {
  requestId: string;
  backend: Socket | null;
  /** What came before the backend was connected. */
  early: Buffer[];
  ended: boolean;
  finished: boolean;
  sent: number;
};

/**
 * What a kubelet does with a port forward: each pair of streams (data, error) of a session becomes one connection to the
 * backend. Faults are read anew for each, so that a tunnel that is up can go wrong.
 */
export function bridge(socket: Duplex, pipe: BytePipe, cluster: StubCluster): SpdySession {
  const errorStreams = new Map<string, number>();
  const connections = new Map<number, Connection>();

  const spdy = new SpdySession(pipe, {
    onStream(id, headers) {
      if (cluster.fault?.mode === 'hang') return;
      spdy.reply(id);
      const requestId = headers['requestid'] ?? '';
      if (headers['streamtype'] === 'error') errorStreams.set(requestId, id);
      else open(id, requestId, headers['port'] ?? '');
    },
    onData(id, bytes, fin) {
      const connection = connections.get(id);
      if (!connection) return;
      if (bytes.length > 0) {
        if (connection.backend) connection.backend.write(bytes);
        else connection.early.push(Buffer.from(bytes));
      }
      if (!fin) return;
      connection.ended = true;
      connection.backend?.end();
    },
    onReset(id) {
      const connection = connections.get(id);
      if (connection) connection.finished = true;
      connection?.backend?.destroy();
      connections.delete(id);
    },
    onGoaway: () => socket.end(),
  });
  socket.on('close', () => {
    spdy.closed = true;
    for (const { backend } of connections.values()) backend?.destroy();
    connections.clear();
  });
  return spdy;

  function finish(id: number, connection: Connection, message = ''): void {
    if (connection.finished) return;
    connection.finished = true;
    connections.delete(id);
    connection.backend?.destroy();
    spdy.data(id, Buffer.alloc(0), true);
    endErrorStream(connection, message);
  }

  function endErrorStream({ requestId }: Connection, message: string): void {
    const stream = errorStreams.get(requestId);
    if (stream !== undefined) spdy.data(stream, Buffer.from(message), true);
    errorStreams.delete(requestId);
  }

  function open(id: number, requestId: string, port: string): void {
    const connection: Connection = { requestId, backend: null, early: [], ended: false, finished: false, sent: 0 };
    connections.set(id, connection);
    const { fault } = cluster;
    if (fault?.mode === 'blackhole') return;
    if (fault?.mode === 'slow') setTimeout(() => reach(id, connection, port), fault.ms);
    else reach(id, connection, port);
  }

  function reach(id: number, connection: Connection, port: string): void {
    if (connection.finished || spdy.closed) return;
    if (cluster.fault?.mode === 'refuse') return finish(id, connection, refusal(port));
    const backend = connect({ ...cluster.backend, noDelay: true, allowHalfOpen: true });
    connection.backend = backend;
    for (const bytes of connection.early.splice(0)) backend.write(bytes);
    if (connection.ended) backend.end();
    backend.on('data', (bytes: Buffer) => relay(id, connection, bytes));
    backend.on('end', () => finish(id, connection));
    backend.on('close', () => finish(id, connection));
    backend.on('error', (error) =>
      finish(id, connection, `error forwarding port ${port} to pod, uid : ${error.message}`),
    );
  }

  function relay(id: number, connection: Connection, bytes: Buffer): void {
    if (connection.finished) return;
    const limit = cluster.fault?.mode === 'truncate' ? cluster.fault.bytes : Infinity;
    if (connection.sent + bytes.length > limit) {
      spdy.data(id, bytes.subarray(0, limit - connection.sent));
      connection.finished = true;
      spdy.reset(id);
      connection.backend?.destroy();
      endErrorStream(connection, '');
      return;
    }
    connection.sent += bytes.length;
    if (spdy.data(id, bytes)) return;
    connection.backend?.pause();
    socket.once('drain', () => connection.backend?.resume());
  }
}

/** A kubelet's words where nothing listens in the pod. */
const refusal = (port: string): string =>
  `error forwarding port ${port} to pod 11111111-1111-1111-1111-111111111111, uid : failed to execute portforward in ` +
  `network namespace "host": failed to connect to localhost:${port} inside namespace: dial tcp4 127.0.0.1:${port}: connect: connection refused`;
