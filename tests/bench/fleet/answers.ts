// The Prometheus servers of a large fleet, as one process: node answers.ts '{"variants":4,"hpasPerCluster":100}'. Prints its address.
// Cluster n answers under /n; its fleet is that of variant n % variants. A question costs its PromQL once, whoever asks it: what
// clusters of one variant ask in one minute is the same to the letter, so all but the first get the bytes of the first answer. /busy tells how
// long it has worked on answers, ms.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DAY, floorTo } from '../../../agent/src/core/clock.ts';
import { answer } from '../../../agent/src/demo/answerer.ts';
import { createSimulation } from '../../../agent/src/demo/simulation.ts';

export type AnswersOptions = { variants: number; hpasPerCluster: number };

/** Several minutes of all questions. */
const MOST_KEPT = 400;

const { variants, hpasPerCluster } = JSON.parse(process.argv[2] ?? '') as AnswersOptions;
const simulation = createSimulation({
  seed: 7,
  clusters: variants,
  hpasPerCluster,
  // The same all day, so that a data directory can be used again.
  liveFrom: floorTo(Date.now(), DAY),
  incidents: { perHpaDay: 0.2, from: 0 },
  rhythm: 'day',
});
const kept = new Map<string, { status: number; bytes: Buffer }>();

let busyMs = 0;

function answered(variant: number, path: string, body: string): { status: number; bytes: Buffer } {
  const question = `${variant} ${path} ${body}`;
  const known = kept.get(question);
  if (known) return known;
  const cluster = simulation.clusters[variant];
  if (!cluster) throw new RangeError(`no variant ${variant}`);
  const now = Date.now();
  const startedAt = performance.now();
  const source = {
    grid: cluster.grid,
    rows: cluster.grid.rowsUntil(now),
    staleMarkers: true,
    series: (fromRow: number, toRow: number) => cluster.series(now, fromRow, toRow),
  };
  const { status, body: told } = answer(path, new URLSearchParams(body), source, now);
  const fresh = { status, bytes: Buffer.from(JSON.stringify(told)) };
  busyMs += performance.now() - startedAt;
  kept.set(question, fresh);
  for (const oldest of kept.keys()) if (kept.size > MOST_KEPT) kept.delete(oldest);
  return fresh;
}

const server = createServer((request, response) => {
  const [, cluster = '', path = ''] = /^\/(\d+)(\/.*)$/.exec(request.url ?? '') ?? [];
  if (path === '/-/ready') return void response.end('ready\n');
  if (request.url === '/busy') return void response.end(String(busyMs));
  if (path === '/fleet') {
    const hpas = simulation.clusters[Number(cluster) % variants]?.hpas ?? [];
    return void response.end(JSON.stringify(hpas.map(({ namespace, name }) => ({ namespace, hpa: name }))));
  }
  void text(request).then((body) => {
    const { status, bytes } = answered(Number(cluster) % variants, path, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(bytes);
  });
});
// A Prometheus has its samples when it is asked; simulating the day until now is nobody's waiting.
for (const cluster of simulation.clusters) {
  const now = Date.now();
  const rows = cluster.grid.rowsUntil(now);
  cluster.series(now, rows - 1, rows);
}
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
