import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HOUR, MINUTE, floorTo } from '../../agent/src/core/clock.ts';
import { seriesOf, type HandMadeHpa } from './hand-made-hpa.ts';
import { startPrometheus, type RealPrometheus } from './prometheus.ts';
import { startStubChild, type StubChild } from './stub-child.ts';

export type World = {
  /** Contexts `<cluster>-admin` of this file lead to the clusters. */
  kubeconfig: string;
  stub: StubChild;
  prometheus: ReadonlyMap<string, RealPrometheus>;
  dir: string;
  stop(): Promise<void>;
};

export type WorldOptions = {
  clusters: Record<string, HandMadeHpa[]>;
  /** Length of the history before now; it goes on an hour past now, so that live scans find new minutes. */
  hours?: number;
  stepMs?: number;
};

/** Clusters as the agent sees them: one stub API server, and for each cluster a real Prometheus that holds its own data. */
export async function startWorld({ clusters, hours = 73, stepMs = MINUTE }: WorldOptions): Promise<World> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-world-'));
  const now = floorTo(Date.now(), MINUTE);
  const span = { start: now - hours * HOUR, end: now + HOUR, stepMs };
  const prometheus = new Map<string, RealPrometheus>();
  for (const [name, hpas] of Object.entries(clusters)) {
    prometheus.set(name, await startPrometheus({ history: { series: hpas.flatMap(seriesOf), span } }));
  }
  const stub = await startStubChild({
    clusters: Object.fromEntries(
      [...prometheus].map(([name, { port }]) => [`${name}-admin`, { backend: { host: '127.0.0.1', port } }]),
    ),
  });
  const kubeconfig = join(dir, 'kubeconfig');
  await writeFile(kubeconfig, stub.kubeconfig);
  return {
    kubeconfig,
    stub,
    prometheus,
    dir,
    async stop() {
      await stub.stop();
      await Promise.all([...prometheus.values()].map((server) => server.stop()));
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A plain HPA whose numbers tell its cluster: `mark` scales its CPU, memory and replicas. */
export const markedHpa = (mark: number, over: Partial<HandMadeHpa> = {}): HandMadeHpa => ({
  namespace: 'shop',
  hpa: 'api',
  kind: 'Deployment',
  target: 'api',
  pods: 2,
  containers: [{ name: 'app', cores: 0.1 * mark, memoryMib: 100 * mark, cpuRequest: 1, memoryRequestMib: 2_000 }],
  replicas: () => mark,
  min: mark,
  max: mark + 50,
  ...over,
});
