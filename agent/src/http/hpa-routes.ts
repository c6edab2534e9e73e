import type { HpaDetail, HpaListAnswer } from '../contract/api.ts';
import { hpaPathSchema } from '../contract/common.ts';
import {
  hpaAnswerSchema,
  hpaDeleteAnswerSchema,
  hpaDeleteQuerySchema,
  hpaListAnswerSchema,
  hpaListQuerySchema,
  hpaPatchRequestSchema,
} from '../contract/hpas.ts';
import type { HpaKey } from '../domain/hpa.ts';
import type { HpaRow } from '../storage/store.ts';
import { directPage } from './direct-page.ts';
import type { FleetItems } from './fleet-items.ts';
import { listOf } from './hpa-list.ts';
import { invalid } from './input.ts';
import { findWatched, locate } from './locate.ts';
import { checkName, notEnrolled, resolveSoftly } from './names.ts';
import { hpaFacts, presentHpaDetail } from './present-hpa.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { EnrolmentPatch, Services } from './services.ts';
import { ianaTimezone, TIMEZONE_RULE } from './timezone.ts';

const TAG = 'hpas';
const ITEM = '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}';

type Deps = Pick<Services, 'store' | 'enrolment' | 'anomalies' | 'fleet' | 'clock'> & { items: FleetItems };

export const hpaRoutes = ({ store, enrolment, anomalies, fleet, clock, items: fleetItems }: Deps): Route[] => {
  const detailOf = (row: HpaRow): HpaDetail => {
    const open = anomalies.firing().filter(({ hpaId }) => hpaId === row.id);
    return presentHpaDetail(row, hpaFacts(open, clock.now()), open);
  };

  const facts = () => hpaFacts(anomalies.firing(), clock.now());
  const direct = { store, items: fleetItems, facts };

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
      summary: 'The watched HPAs: sorted, filtered, a page at a time, or only what changed since an answer before.',
      query: hpaListQuerySchema,
      answers: { 200: hpaListAnswerSchema },
      fingerprint: (body) => (body as HpaListAnswer).revision,
      async handle({ query }) {
        if (query.namespace !== undefined) checkName('namespace', query.namespace);
        const at = query.cluster === undefined ? null : resolveSoftly(fleet, checkName('cluster', query.cluster));
        const list = (await directPage(direct, query, at?.name)) ?? listOf(await fleetItems.read(), query, at?.name);
        if (at?.unknown && list.total === 0) throw at.unknown;
        return ok(list);
      },
    }),

    jsonRoute({
      method: 'get',
      path: ITEM,
      tag: TAG,
      summary: 'One watched HPA in full.',
      params: hpaPathSchema,
      answers: { 200: hpaAnswerSchema },
      fingerprint: (body) => body,
      handle: async ({ params }) => ok({ hpa: detailOf(await rowOf(params)) }),
    }),

    jsonRoute({
      method: 'patch',
      path: ITEM,
      tag: TAG,
      summary: 'Pause or resume an HPA, or set the time zone of its daily rhythm.',
      params: hpaPathSchema,
      body: hpaPatchRequestSchema,
      answers: { 200: hpaAnswerSchema },
      touches: ({ params: { cluster } }) => [cluster],
      async handle({ params, body }) {
        const patch = patchOf(body);
        const { key } = await findWatched({ fleet, store }, params);
        await enrolment.patch(key, patch);
        return ok({ hpa: detailOf(await rowOf(key)) });
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
      touches: ({ params: { cluster } }) => [cluster],
      async handle({ params, query }) {
        const purged = query.purge === 'true';
        await enrolment.stop(locate(fleet, params).key, { purge: purged });
        return ok({ message: purged ? 'HPA and its history removed' : 'HPA is no longer monitored', purged });
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
