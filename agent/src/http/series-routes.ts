import { hpaPathSchema } from '../contract/common.ts';
import { seriesAnswerSchema, seriesQuerySchema } from '../contract/series.ts';
import { sparklinesAnswerSchema, sparklinesQuerySchema } from '../contract/sparklines.ts';
import { formatDuration } from '../core/duration.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { FleetItems } from './fleet-items.ts';
import type { FleetHpa } from './fleet-shelf.ts';
import { findWatched, locate } from './locate.ts';
import { COLUMN_OF } from './present-hpa.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import { seriesRequest } from './series-request.ts';
import type { Services } from './services.ts';
import { presentSparklines, sparklinesRequest } from './sparklines.ts';
import { iso } from './time-text.ts';

const TAG = 'hpas';

type Deps = Pick<Services, 'store' | 'baselines' | 'fleet' | 'clock'> & { items: FleetItems };

/** Samples over time: of one HPA in full, of many as small lines. */
export const seriesRoutes = ({ store, baselines, fleet, clock, items }: Deps): Route[] => [
  jsonRoute({
    method: 'get',
    path: '/api/v1/monitoring/sparklines',
    tag: TAG,
    summary: 'One metric of many HPAs with its band, lately, on common steps.',
    query: sparklinesQuerySchema,
    answers: { 200: sparklinesAnswerSchema },
    fingerprint: (body) => body,
    async handle({ query }) {
      const request = sparklinesRequest(query, clock.now());
      const snapshot = await items.read();
      const found: { key: HpaKey; hpa: FleetHpa }[] = [];
      const missing: HpaKey[] = [];
      for (const asked of request.keys) {
        const { key } = locate(fleet, asked);
        const hpa = snapshot.find(key);
        if (hpa) found.push({ key, hpa });
        else missing.push(key);
      }
      const { instants, stepMs } = request;
      const from = instants[0] ?? 0;
      const [series, profiles] = await Promise.all([
        store.readSeriesOf(
          found.map(({ hpa }) => hpa.id),
          { from, to: clock.now(), stepMs },
        ),
        Promise.all(found.map(({ hpa }) => baselines.profileOf(hpa))),
      ]);
      const drawn = found.map(({ key, hpa }, i) => ({
        key,
        samples: series.get(hpa.id) ?? [],
        profile: profiles[i] ?? null,
      }));
      return ok(presentSparklines(request, drawn, missing));
    },
  }),

  jsonRoute({
    method: 'get',
    path: '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/series',
    tag: TAG,
    summary: 'Samples of one HPA over time.',
    params: hpaPathSchema,
    query: seriesQuerySchema,
    answers: { 200: seriesAnswerSchema },
    fingerprint: (body) => body,
    async handle({ params, query }) {
      const now = clock.now();
      // What is wrong whatever the time zone is told before anything is looked up.
      seriesRequest(query, now, 'UTC');
      const { key, hpa } = await findWatched({ fleet, store }, params);
      const { metrics, from, to, stepMs } = seriesRequest(query, now, hpa.timezone ?? 'UTC');
      const samples = await store.readSeries(hpa.id, { from, to, stepMs });
      const values = metrics.map((metric) => [metric, samples.map((sample) => sample[COLUMN_OF[metric]])]);
      return ok({
        ...key,
        from: iso(from),
        to: iso(to),
        step: formatDuration(stepMs),
        cpu_basis: samples.at(-1)?.cpuBasis ?? null,
        approximate: samples.some(({ approximate }) => approximate),
        timestamps: samples.map(({ ts }) => iso(ts)),
        values: Object.fromEntries(values) as Record<string, (number | null)[]>,
      });
    },
  }),
];
