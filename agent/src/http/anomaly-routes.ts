import {
  acknowledgeRequestSchema,
  anomalyAnswerSchema,
  anomalyListAnswerSchema,
  anomalyListQuerySchema,
  anomalyPathSchema,
  excludeRequestSchema,
} from '../contract/anomalies.ts';
import type { AnomalyListAnswer } from '../contract/api.ts';
import { AgentError } from '../core/errors.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { anomalyFilter } from './anomaly-filter.ts';
import { resolveSoftly } from './names.ts';
import { presentAnomaly } from './present-anomaly.ts';
import { jsonRoute, ok, type Reply, type Route } from './route.ts';
import type { Services } from './services.ts';

const TAG = 'anomalies';
const LIST = '/api/v1/monitoring/anomalies';

type Deps = Pick<Services, 'store' | 'anomalies' | 'fleet'>;

export const anomalyRoutes = ({ store, anomalies, fleet }: Deps): Route[] => [
  jsonRoute({
    method: 'get',
    path: LIST,
    tag: TAG,
    summary: 'What departs or departed from the usual, newest first, a page at a time.',
    query: anomalyListQuerySchema,
    answers: { 200: anomalyListAnswerSchema },
    fingerprint: (body) => ({ ...(body as AnomalyListAnswer), revision: null }),
    async handle({ query }) {
      const filter = anomalyFilter(query);
      const at = filter.cluster === undefined ? null : resolveSoftly(fleet, filter.cluster);
      const wanted = { ...filter, ...(at ? { cluster: at.name } : {}) };
      // Asked before the list, so that what is written between the two is told again rather than never.
      const { revision, changed } = await store.anomalyChanges(wanted, query.since ?? null);
      const page = changed ? { ...changed, next: null } : { ...(await store.listAnomalies(wanted)), removed: [] };
      // Anomalies of a cluster that was removed can still be read; a name that never was one is a mistake.
      if (at?.unknown && page.total === 0) throw at.unknown;
      return ok({
        anomalies: page.items.map(presentAnomaly),
        removed: page.removed,
        revision,
        full: changed === null,
        total: page.total,
        next_cursor: page.next,
      });
    },
  }),

  jsonRoute({
    method: 'get',
    path: `${LIST}/{id}`,
    tag: TAG,
    summary: 'One anomaly.',
    params: anomalyPathSchema,
    answers: { 200: anomalyAnswerSchema },
    handle: async ({ params: { id } }) => answer(id, await store.findAnomaly(id)),
  }),

  jsonRoute({
    method: 'post',
    path: `${LIST}/{id}/ack`,
    tag: TAG,
    summary: 'Somebody looks after it, or no longer does.',
    params: anomalyPathSchema,
    body: acknowledgeRequestSchema.optional(),
    answers: { 200: anomalyAnswerSchema },
    touches: () => [],
    handle: async ({ params: { id }, body }) => answer(id, await anomalies.acknowledge(id, body?.acknowledged ?? true)),
  }),

  jsonRoute({
    method: 'post',
    path: `${LIST}/{id}/exclude`,
    tag: TAG,
    summary: 'Leave its minutes out of the baseline, or use them again.',
    params: anomalyPathSchema,
    body: excludeRequestSchema.optional(),
    answers: { 200: anomalyAnswerSchema },
    touches: () => [],
    handle: async ({ params: { id }, body }) => answer(id, await anomalies.exclude(id, body?.excluded ?? true)),
  }),
];

function answer(id: string, anomaly: Anomaly | null): Reply {
  if (anomaly) return ok({ anomaly: presentAnomaly(anomaly) });
  throw new AgentError('anomaly/not-found', `There is no anomaly ${JSON.stringify(id)} (any more)`, {
    details: {
      field: 'id',
      value: id,
      allowed: 'the id of an anomaly, as GET /api/v1/monitoring/anomalies lists them',
    },
  });
}
