import type { Response } from 'express';
import type { Metrics } from '../core/metrics.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { toFailure } from './errors.ts';
import type { EventStream } from './event-stream.ts';
import type { RawRoute } from './route.ts';
import type { Services } from './services.ts';

const TAG = 'agent';

type Deps = Pick<Services, 'metrics' | 'store' | 'buffer' | 'anomalies' | 'ready'> & {
  stream: EventStream;
  openApi: () => object;
};

/** What monitors and programs ask of the agent itself. */
export const agentRoutes = ({ metrics, store, buffer, anomalies, ready, stream, openApi }: Deps): RawRoute[] => [
  {
    kind: 'raw',
    method: 'get',
    path: '/api/v1/events',
    tag: TAG,
    summary: 'Server-sent events: slot, scan, forward, backfill, cluster, hpa, anomaly; gap where some were missed.',
    contentType: 'text/event-stream',
    handle: (req, res) => stream.open(req, res),
  },
  {
    kind: 'raw',
    method: 'get',
    path: '/metrics',
    tag: TAG,
    summary: "The agent's own metrics and one series for each anomaly that fires, for Prometheus.",
    contentType: 'text/plain',
    async handle(_req, res) {
      markFiring(metrics.anomalyFiring, anomalies.firingHere());
      await markDatabase(metrics, store);
      markBuffer(metrics, buffer());
      const text = await metrics.registry.metrics();
      res.set('content-type', metrics.registry.contentType).end(text);
    },
  },
  {
    kind: 'raw',
    method: 'get',
    path: '/healthz',
    tag: TAG,
    summary: 'The process answers.',
    contentType: 'application/json',
    open: true,
    handle: (_req, res) => void res.json({ status: 'success' }),
  },
  {
    kind: 'raw',
    method: 'get',
    path: '/readyz',
    tag: TAG,
    summary: 'The agent can serve; 503 while it starts or stops.',
    contentType: 'application/json',
    open: true,
    handle: (_req, res) => answerReady(res, ready()),
  },
  {
    kind: 'raw',
    method: 'get',
    path: '/openapi.json',
    tag: TAG,
    summary: 'This contract.',
    contentType: 'application/json',
    handle: (_req, res) => void res.json(openApi()),
  },
];

/** Set anew at each scrape, in one go, so that the series of what is over is gone and no other scrape sees half of them. */
function markFiring(gauge: Metrics['anomalyFiring'], firing: readonly Anomaly[]): void {
  gauge.reset();
  for (const { key, kind, severity } of firing) gauge.set({ ...key, kind, severity }, 1);
}

/** A database that does not answer hides no other metric: its own keep their last value. */
async function markDatabase(metrics: Services['metrics'], store: Pick<Services['store'], 'counts'>): Promise<void> {
  const counts = await store.counts().catch(() => null);
  if (counts === null) return;
  metrics.databaseBytes.set(counts.bytes);
  metrics.databaseRows.set({ kind: 'baseline' }, counts.baseline);
  metrics.databaseRows.set({ kind: 'monitoring' }, counts.monitoring);
}

/** SQLite, which has no buffer, is part of the agent: it answers as long as that does. */
function markBuffer({ databaseUp, bufferedBytes }: Services['metrics'], buffer: ReturnType<Services['buffer']>): void {
  databaseUp.set(buffer?.away ? 0 : 1);
  bufferedBytes.set(buffer?.bytes ?? 0);
}

function answerReady(res: Response, state: ReturnType<Services['ready']>): void {
  if (state.ready) return void res.json({ status: 'success' });
  const { status, code, message } = toFailure(state.error, '').body;
  res.status(503).json({ status, code, message });
}
