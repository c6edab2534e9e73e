import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SpdySession } from './spdy-session.ts';
import type { StubCluster, StubFault } from './stub-faults.ts';
import { attributesOf, isGranted, refusalText, type JudgedRequest } from './stub-authorizer.ts';
import { answerGet, failure, POD } from './stub-resources.ts';
import { bridge } from './stub-tunnel.ts';
import { acceptKey, webSocketPipe } from './websocket-pipe.ts';

export type StubOptions = {
  clusters: Record<string, StubCluster>;
  namespace?: string;
  /** false: only SPDY, which makes a current kubectl fall back to it. */
  webSocket?: boolean;
  tls?: { cert: string; key: string; ca?: string };
};

type Route = { name: string; cluster: StubCluster; path: string; isWatch: boolean };

/**
 * A Kubernetes API server as far as `kubectl port-forward service/...` and `kubectl get service` need one. Many clusters on one
 * port of 127.0.0.1, told apart by the path. kubectl up to 1.30 asks for SPDY by POST, later ones for SPDY inside a WebSocket by GET.
 */
export class StubApiServer {
  /** `GET /k/prod/api/v1/... -> 200`, at most the last 5,000. */
  readonly log: string[] = [];
  /** Every request of a cluster in the terms of Kubernetes' authorizers, in order. */
  readonly requests: (JudgedRequest & { cluster: string })[] = [];
  /** The bearer tokens that are accepted (401 for any other); null: credentials are not looked at. */
  tokens: ReadonlySet<string> | null = null;
  readonly clusters: Record<string, StubCluster>;
  readonly #options: StubOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #tunnels = new Map<Duplex, { cluster: string; spdy: SpdySession }>();
  #port = 0;

  constructor(options: StubOptions) {
    this.#options = options;
    this.clusters = options.clusters;
    const onRequest = (request: IncomingMessage, response: ServerResponse) => this.#answer(request, response);
    const { tls } = options;
    this.#server = tls ? createTlsServer({ ...tls, ALPNProtocols: ['http/1.1'] }, onRequest) : createServer(onRequest);
    this.#server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) =>
      this.#upgrade(request, socket, head),
    );
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
    });
  }

  /** Listens on a free port of 127.0.0.1, or on the same one as before. */
  async listen(): Promise<this> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
    return this;
  }

  get url(): string {
    return `${this.#options.tls ? 'https' : 'http'}://127.0.0.1:${this.#port}`;
  }

  /** One context a cluster, of the same name; JSON, which is YAML. */
  kubeconfig(): string {
    const names = Object.keys(this.clusters);
    const { tls } = this.#options;
    const trust = tls && { 'certificate-authority-data': Buffer.from(tls.ca ?? tls.cert).toString('base64') };
    const server = (name: string) => `${this.url}/k/${encodeURIComponent(name)}`;
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: names.map((name) => ({ name, cluster: { server: server(name), ...trust } })),
      users: [{ name: 'stub', user: tls ? { token: 'stub' } : {} }],
      contexts: names.map((name) => ({ name, context: { cluster: name, user: 'stub', namespace: 'default' } })),
    });
  }

  setFault(cluster: string, fault: StubFault | null): void {
    this.#cluster(cluster).fault = fault;
  }

  openTunnels(cluster?: string): number {
    return this.#tunnelsOf(cluster).length;
  }

  /** Resets the TCP connections of all tunnels that are up. */
  dropAll(cluster?: string): void {
    for (const [socket] of this.#tunnelsOf(cluster)) (socket as Socket).resetAndDestroy();
  }

  /** Ends all tunnels that are up in an orderly way, as a server does that restarts. */
  goaway(cluster?: string): void {
    for (const [, { spdy }] of this.#tunnelsOf(cluster)) spdy.goaway();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (!this.#server.listening) return;
    this.#server.close();
    await once(this.#server, 'close');
  }

  #tunnelsOf(cluster?: string) {
    return [...this.#tunnels].filter(([, tunnel]) => cluster === undefined || tunnel.cluster === cluster);
  }

  #cluster(name: string): StubCluster {
    const cluster = this.clusters[name];
    if (!cluster) throw new Error(`The stub has no cluster ${name}`);
    return cluster;
  }

  #note({ method, url }: IncomingMessage, outcome: string | number): void {
    this.log.push(`${method} ${url} -> ${outcome}`);
    if (this.log.length > 5_000) this.log.shift();
  }

  #route({ url }: IncomingMessage): Route | null {
    const { pathname, searchParams } = new URL(url ?? '/', 'http://stub');
    const [, name, path] = /^\/k\/([^/]+)(\/.*)$/.exec(pathname) ?? [];
    if (name === undefined || path === undefined) return null;
    const cluster = this.clusters[decodeURIComponent(name)];
    return cluster ? { name: decodeURIComponent(name), cluster, path, isWatch: searchParams.has('watch') } : null;
  }

  /** What an API server checks before it looks at a request: who asks, and whether they may. */
  #gate(request: IncomingMessage, { name, cluster, path, isWatch }: Route) {
    const judged = attributesOf({ method: request.method ?? 'GET', path, isWatch });
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const known = this.tokens?.has(token) ?? true;
    const allowed = known && (cluster.role === undefined || isGranted(judged, cluster.role));
    this.requests.push({ cluster: name, ...judged, allowed });
    if (this.requests.length > 5_000) this.requests.shift();
    if (!known) return failure(401, 'Unauthorized', 'Unauthorized');
    return allowed ? null : failure(403, 'Forbidden', refusalText(judged));
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const route = this.#route(request);
    const answer = route
      ? (this.#gate(request, route) ??
        answerGet(route.cluster, this.#options.namespace ?? 'monitoring', route.path, route.isWatch))
      : failure(404, 'NotFound', 'no such stub cluster');
    this.#note(request, typeof answer === 'string' ? answer : answer.status);
    if (answer === 'hang') return;
    if (answer === 'watch') return void response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const route = this.#route(request);
    const refusal =
      (route && this.#gate(request, route)) ??
      refusalOf(route?.path ?? '', route?.cluster, this.#options.namespace ?? 'monitoring');
    const wanted = (request.headers.upgrade ?? '').toLowerCase();
    const isWebSocket = wanted === 'websocket';
    if (route && !refusal && isWebSocket && this.#options.webSocket === false)
      return this.#refuse(request, socket, failure(403, 'Forbidden', 'unable to upgrade: websocket is not supported'));
    if (!route || refusal) return this.#refuse(request, socket, refusal ?? failure(404, 'NotFound', 'not found'));
    socket.setNoDelay(true);
    socket.setMaxListeners(0);
    socket.write(isWebSocket ? webSocketHandshake(request) : SPDY_HANDSHAKE);
    this.#note(request, isWebSocket ? '101 websocket' : '101 spdy');
    const webSocket = isWebSocket ? webSocketPipe(socket) : null;
    const plain = {
      write: (bytes: Buffer) => socket.writableEnded || socket.write(bytes),
      end: () => void socket.end(),
    };
    const spdy = bridge(socket, webSocket ?? plain, route.cluster);
    this.#tunnels.set(socket, { cluster: route.name, spdy });
    socket.on('close', () => this.#tunnels.delete(socket));
    const feed = (bytes: Buffer) => (webSocket ? webSocket.feed(bytes, (inner) => spdy.push(inner)) : spdy.push(bytes));
    void pump(socket, head, feed).catch((error: Error) => this.log.push(`tunnel of ${route.name}: ${error.message}`));
  }

  #refuse(request: IncomingMessage, socket: Socket, { status, body }: ReturnType<typeof failure>): void {
    this.#note(request, status);
    const text = JSON.stringify(body);
    const lines = [
      `HTTP/1.1 ${status} Refused`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(text)}`,
    ];
    socket.end(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n${text}`);
  }
}

async function pump(socket: Socket, head: Buffer, feed: (bytes: Buffer) => Promise<void>): Promise<void> {
  try {
    if (head.length > 0) await feed(head);
    for await (const chunk of socket) await feed(chunk as Buffer);
  } finally {
    socket.destroy();
  }
}

const SPDY_HANDSHAKE =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n' +
  'X-Stream-Protocol-Version: portforward.k8s.io\r\n\r\n';

const webSocketHandshake = ({ headers }: IncomingMessage): string =>
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
  `Sec-WebSocket-Accept: ${acceptKey(headers['sec-websocket-key'] ?? '')}\r\n` +
  'Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io\r\n\r\n';

/** Why a port forward is not granted; null where it is. */
function refusalOf(path: string, cluster: StubCluster | undefined, namespace: string) {
  if (!cluster || !path.endsWith('/portforward')) return failure(404, 'NotFound', 'not found');
  switch (cluster.fault?.mode) {
    case 'unauthorized':
      return failure(401, 'Unauthorized', 'Unauthorized');
    case 'forbidden': {
      const what = `pods "${POD}" is forbidden: User "stub" cannot create resource "pods/portforward"`;
      return failure(403, 'Forbidden', `${what} in API group "" in the namespace "${namespace}"`);
    }
    case 'noupgrade':
      return failure(500, 'InternalError', 'error dialing backend: EOF');
    default:
      return null;
  }
}
