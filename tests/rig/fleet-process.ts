import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DAY, floorTo, MINUTE } from '../../agent/src/core/clock.ts';
import type { IncidentLabel } from '../../agent/src/demo/incidents.ts';
import { createSimulation } from '../../agent/src/demo/simulation.ts';
import type { ScrapeGrid } from '../../agent/src/demo/scrapes.ts';
import { listenerOf } from '../../agent/src/demo/start.ts';
import { fastClock, type FastTime } from './fast-clock.ts';

/**
 * A simulated fleet in a process of its own, so that what it costs is not the agent's: each cluster's Prometheus is an HTTP server of
 * its own. Talks to its parent by IPC; see fleet-child.ts. Ends with its parent.
 */
export type FleetOptions = { seed: number; clusters: number; hpasPerCluster: number; clean?: boolean };

export type FleetCommand =
  | { id: number; do: 'serve'; options: FleetOptions }
  | { id: number; do: 'follow'; time: FastTime }
  | { id: number; do: 'down' | 'up'; cluster: string };

export type FleetHpa = { namespace: string; hpa: string };
export type FleetCluster = {
  name: string;
  url: string;
  port: number;
  hpas: FleetHpa[];
  /** Scrapes that got no answer, epoch ms: until the next one Prometheus has nothing of the cluster. */
  missed: number[];
  scrapeMs: number;
};
export type FleetReply = { id: number; clusters?: FleetCluster[]; labels?: IncidentLabel[]; error?: string };

/**
 * One query at a time, and in between whoever only asks whether it is ready: a Prometheus has threads for that, and here it would have to wait
 * for all that was asked before.
 */
function inTurn(listener: RequestListener): RequestListener {
  return (request, response) => {
    if (request.url === '/-/ready') return listener(request, response);
    waiting.push(() => listener(request, response));
    if (waiting.length === 1) setImmediate(next);
  };
}
const waiting: (() => void)[] = [];
function next(): void {
  waiting[0]?.();
  // What the query came in by is read first, then it is answered: both turns have to pass.
  setImmediate(() => {
    waiting.shift();
    if (waiting.length > 0) setImmediate(next);
  });
}

/** What goes wrong is told so far ahead. */
const KNOWN_AHEAD_MS = 10 * DAY;

type Served = { server: Server; port: number };
const served = new Map<string, Served>();
const clock = fastClock();

const scrapesOf = (grid: ScrapeGrid, from: number, to: number): number[] => {
  const first = grid.rowsUntil(from);
  return Array.from({ length: grid.rowsUntil(to) - first }, (_, i) => grid.timeOf(first + i));
};

async function serve(options: FleetOptions): Promise<Omit<FleetReply, 'id'>> {
  const { seed, clusters, hpasPerCluster, clean = false } = options;
  const liveFrom = floorTo(clock.now(), MINUTE);
  const incidents = clean ? 'none' : 'demo';
  const simulation = createSimulation({ seed, liveFrom, clusters, hpasPerCluster, incidents, rhythm: 'day' });
  const answers: FleetCluster[] = [];
  for (const cluster of simulation.clusters) {
    // History is made now, not while the first scan waits for it.
    cluster.series(clock.now(), 0, 1);
    const server = createServer(inTurn(listenerOf(simulation, cluster, clock)));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    served.set(cluster.name, { server, port });
    const hpas = cluster.hpas.map(({ namespace, name: hpa }) => ({ namespace, hpa }));
    const { scrapeMs } = cluster.grid;
    const missed = scrapesOf(cluster.grid, liveFrom, liveFrom + KNOWN_AHEAD_MS).filter((at) =>
      cluster.grid.isMissed(at),
    );
    answers.push({ name: cluster.name, url: `http://127.0.0.1:${port}`, port, hpas, missed, scrapeMs });
  }
  return { clusters: answers, labels: simulation.labels(liveFrom, liveFrom + KNOWN_AHEAD_MS) };
}

async function obey(command: FleetCommand): Promise<Omit<FleetReply, 'id'>> {
  if (command.do === 'serve') return serve(command.options);
  if (command.do === 'follow') {
    clock.follow(command.time);
    return {};
  }
  const found = served.get(command.cluster);
  if (!found) throw new Error(`there is no cluster ${command.cluster}`);
  const { server, port } = found;
  if (command.do === 'up') {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } else {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
  return {};
}

process.on('message', (command: FleetCommand) => {
  obey(command).then(
    (answer) => process.send?.({ id: command.id, ...answer } satisfies FleetReply),
    (error: Error) => process.send?.({ id: command.id, error: error.message } satisfies FleetReply),
  );
});
process.on('disconnect', () => process.exit(0));
