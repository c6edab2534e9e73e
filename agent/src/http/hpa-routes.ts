import { hpaPathSchema } from '../contract/common.ts';
import {
  hpaAnswerSchema,
  hpaDeleteAnswerSchema,
  hpaDeleteQuerySchema,
  hpaListAnswerSchema,
  hpaListQuerySchema,
  hpaPatchRequestSchema,
} from '../contract/hpas.ts';
import { seriesAnswerSchema, seriesQuerySchema } from '../contract/series.ts';
import { formatDuration } from '../core/duration.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { HpaRow } from '../storage/store.ts';
import { firingByHpa } from './firing.ts';
import { invalid } from './input.ts';
import { findWatched, locate } from './locate.ts';
import { checkName, notEnrolled, resolveSoftly } from './names.ts';
import { COLUMN_OF, presentHpa, presentHpaDetail, type HpaFacts } from './present-hpa.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import { seriesRequest } from './series-request.ts';
import type { EnrolmentPatch, Services } from './services.ts';
import { iso } from './time-text.ts';
import { ianaTimezone, TIMEZONE_RULE } from './timezone.ts';

const TAG = 'hpas';
const ITEM = '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}';

type Deps = Pick<Services, 'store' | 'enrolment' | 'anomalies' | 'fleet' | 'clock'>;

export const hpaRoutes = ({ store, enrolment, anomalies, fleet, clock }: Deps): Route[] => {
  const facts = (): HpaFacts => ({ firing: firingByHpa(anomalies.firing()), now: clock.now() });

  /** One enrolled HPA. In the store's order its own name is the first of those that contain it. */
  async function rowOf(params: HpaKey): Promise<HpaRow> {
    const { key, unknown } = locate(fleet, params);
    const { cluster, namespace, hpa } = key;
    const { items } = await store.listHpas({ cluster, namespace, q: `${namespace}/${hpa}`, limit: 1 });
    const row = items.find((item) => item.hpa === hpa && item.namespace === namespace);
    if (!row) throw unknown ?? notEnrolled(key);
    return row;
  }

  return [
    jsonRoute({
      method: 'get',
      path: '/api/v1/monitoring/hpas',
      tag: TAG,
      summary: 'The watched HPAs, by cluster, namespace and name, a page at a time.',
      query: hpaListQuerySchema,
      answers: { 200: hpaListAnswerSchema },
      fingerprint: (body) => body,
      async handle({ query }) {
        if (query.namespace !== undefined) checkName('namespace', query.namespace);
        const at = query.cluster === undefined ? null : resolveSoftly(fleet, checkName('cluster', query.cluster));
        const page = await store.listHpas({ ...query, ...(at ? { cluster: at.name } : {}) });
        if (at?.unknown && page.total === 0) throw at.unknown;
        const now = facts();
        return ok({ hpas: page.items.map((row) => presentHpa(row, now)), total: page.total, next_cursor: page.next });
      },
    }),

    jsonRoute({
      method: 'get',
      path: ITEM,
      tag: TAG,
      summary: 'One watched HPA in full.',
      params: hpaPathSchema,
      answers: { 200: hpaAnswerSchema },
      handle: async ({ params }) => ok({ hpa: presentHpaDetail(await rowOf(params), facts()) }),
    }),

    jsonRoute({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      summary: 'Pause or resume an HPA, or set the time zone of its daily rhythm.',
      params: hpaPathSchema,
      body: hpaPatchRequestSchema,
      answers: { 200: hpaAnswerSchema },
      async handle({ params, body }) {
        const patch = patchOf(body);
        const { key } = await findWatched({ fleet, store }, params);
        await enrolment.patch(key, patch);
        return ok({ hpa: presentHpaDetail(await rowOf(key), facts()) });
      },
    }),

    jsonRoute({
      method: 'delete',
      path: ITEM,
      tag: TAG,
      summary: 'Stop watching an HPA. Its history stays unless purge=true.',
      params: hpaPathSchema,
      query: hpaDeleteQuerySchema,
      answers: { 200: hpaDeleteAnswerSchema },
      async handle({ params, query }) {
        const purged = query.purge === 'true';
        await enrolment.stop(locate(fleet, params).key, { purge: purged });
        return ok({ message: purged ? 'HPA and its history removed' : 'HPA is no longer monitored', purged });
      },
    }),

    jsonRoute({
      method: 'get',
      path: `${ITEM}/series`,
      tag: TAG,
      summary: 'Samples of one HPA over time.',
      params: hpaPathSchema,
      query: seriesQuerySchema,
      answers: { 200: seriesAnswerSchema },
      async handle({ params, query }) {
        const { metrics, from, to, stepMs } = seriesRequest(query, clock.now());
        const { key, hpa } = await findWatched({ fleet, store }, params);
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
};

/** @throws AgentError `request/invalid` */
function patchOf(body: { monitoring_active?: boolean; timezone?: string | null }): EnrolmentPatch {
  if (Object.keys(body).length === 0) {
    const allowed = Object.keys(hpaPatchRequestSchema.shape);
    throw invalid(`body changes nothing; allowed: ${allowed.join(', ')}`, { field: 'body', value: body, allowed });
  }
  const patch: EnrolmentPatch = {};
  if (body.monitoring_active !== undefined) patch.active = body.monitoring_active;
  if (body.timezone === null) patch.timezone = null;
  if (typeof body.timezone === 'string') {
    const zone = ianaTimezone(body.timezone);
    if (zone === null)
      throw invalid(`timezone ${JSON.stringify(body.timezone)} is not ${TIMEZONE_RULE}`, {
        field: 'timezone',
        value: body.timezone,
        allowed: TIMEZONE_RULE,
      });
    patch.timezone = zone;
  }
  return patch;
}
