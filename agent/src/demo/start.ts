import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DAY, MINUTE, floorTo, type Clock } from '../core/clock.ts';
import { answer, type Answer } from './answerer.ts';
import { exposition } from './exporter.ts';
import type { IncidentLabel } from './incidents.ts';
import { writeOpenMetrics } from './openmetrics.ts';
import { createSimulation, type SimulatedCluster, type Simulation, type SimulationOptions } from './simulation.ts';

export type DemoOptions = {
  clock: Pick<Clock, 'now'>;
  seed: number;
  clusters?: number;
  /** The same number of generated HPAs in each cluster instead of the two dozen named ones. */
  hpasPerCluster?: number;
  /** An address of this machine. */
  host: string;
  /** The first cluster's port, each further one has the next; any free ones by default. */
  port?: number;
  /** No incidents; deploys, restarts, short blips and missed scrapes still happen. */
  clean?: boolean;
  /** When the story began, epoch ms; give the same to go on with it after a restart. Now, where absent. */
  since?: number;
  scrapeMs?: number;
};

export type RunningDemo = {
  clusters: { name: string; url: string }[];
  /** What a detector should find, from the start of the history to a day after the start. */
  labels: IncidentLabel[];
  stop(): Promise<void>;
};

const LARGEST_BODY_BYTES = 4 * 1_048_576;

/**
 * Serves a simulated fleet: for each cluster one HTTP server that answers as its Prometheus would. For a real Prometheus it shows `/metrics`, and
 * under `/history` all that it would have scraped until now.
 */
export async function startDemo(options: DemoOptions): Promise<RunningDemo> {
  const { clock, seed, clusters, hpasPerCluster, host, port = 0, clean = false, scrapeMs } = options;
  const liveFrom = floorTo(options.since ?? clock.now(), MINUTE);
  const simulated: SimulationOptions = { seed, liveFrom, incidents: clean ? 'none' : 'demo', rhythm: 'day' };
  if (clusters !== undefined) simulated.clusters = clusters;
  if (hpasPerCluster !== undefined) simulated.hpasPerCluster = hpasPerCluster;
  if (scrapeMs !== undefined) simulated.scrapeMs = scrapeMs;
  const simulation = createSimulation(simulated);
  const started: { name: string; server: Server; url: string }[] = [];
  const stop = async () => {
    await Promise.all(started.map(({ server }) => close(server)));
  };
  try {
    for (const [index, cluster] of simulation.clusters.entries()) {
      const server = createServer(listenerOf(simulation, cluster, clock));
      server.listen(port === 0 ? 0 : port + index, host);
      await once(server, 'listening');
      const bound = (server.address() as AddressInfo).port;
      started.push({ name: cluster.name, server, url: `http://${host}:${bound}` });
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    clusters: started.map(({ name, url }) => ({ name, url })),
    labels: simulation.labels(simulation.from, liveFrom + DAY),
    stop,
  };
}

/** Answers as the Prometheus of this cluster would at the time of `clock`. */
export const listenerOf =
  (simulation: Simulation, cluster: SimulatedCluster, clock: Pick<Clock, 'now'>): RequestListener =>
  (request, response) =>
    void respond({ simulation, cluster }, clock, request, response);

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function respond(
  { simulation, cluster }: { simulation: Simulation; cluster: SimulatedCluster },
  clock: Pick<Clock, 'now'>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://demo');
    if (request.method === 'POST') {
      for (const [name, value] of new URLSearchParams(await bodyOf(request))) searchParams.set(name, value);
    } else if (request.method !== 'GET') {
      return sendText(response, 405, 'Method Not Allowed\n');
    }
    if (pathname === '/-/ready') return sendText(response, 200, 'Prometheus Server is Ready.\n');
    if (pathname === '/-/healthy') return sendText(response, 200, 'Prometheus Server is Healthy.\n');
    if (pathname === '/metrics') return sendText(response, 200, exposition(cluster, clock.now()));
    if (pathname === '/history') return await sendHistory(response, simulation, cluster.name, clock.now());
    sendJson(response, answer(pathname, searchParams, liveSource(cluster, clock.now()), clock.now()));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    sendJson(response, { status: 500, body: { status: 'error', errorType: 'internal', error: message } });
  }
}

/** The samples of a cluster as its Prometheus has them at `now`. */
const liveSource = (cluster: SimulatedCluster, now: number) => ({
  grid: cluster.grid,
  rows: cluster.grid.rowsUntil(now),
  staleMarkers: true,
  series: (fromRow: number, toRow: number) => cluster.series(now, fromRow, toRow),
});

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > LARGEST_BODY_BYTES) throw new RangeError('the body is too large');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** A reader that goes away ends the writing. */
async function sendHistory(
  response: ServerResponse,
  simulation: Simulation,
  cluster: string,
  now: number,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/openmetrics-text; version=1.0.0; charset=utf-8' });
  const text = new PassThrough();
  const sent = pipeline(text, response);
  const written = writeOpenMetrics(simulation, { cluster, from: simulation.from, to: now }, text);
  await Promise.all([sent, written.then(() => text.end())]);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
}

function sendJson(response: ServerResponse, { status, body }: Answer): void {
  if (response.headersSent) return;
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
