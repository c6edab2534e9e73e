import { hpaPathSchema } from '../contract/common.ts';
import {
  backfillAnswerSchema,
  backfillRequestSchema,
  enrolAnswerSchema,
  enrolManyAnswerSchema,
  enrolManyRequestSchema,
  enrolRequestSchema,
} from '../contract/enrolment.ts';
import { AgentError } from '../core/errors.ts';
import { checkKey, checkName, resolveSoftly } from './names.ts';
import { presentEnrolment } from './present-hpa.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { EnrolResult } from '../collect/enrolment.ts';
import type { Services } from './services.ts';
import { isoOrNull } from './time-text.ts';

const TAG = 'enrolment';

export const enrolmentRoutes = ({ enrolment, fleet }: Pick<Services, 'enrolment' | 'fleet'>): Route[] => [
  jsonRoute({
    method: 'post',
    path: '/api/v1/monitoring/hpa',
    tag: TAG,
    summary: 'Watch one HPA and collect its history. 201; 200 where it is watched already.',
    body: enrolRequestSchema,
    answers: { 200: enrolAnswerSchema, 201: enrolAnswerSchema },
    touches: ({ body: { cluster } }) => [cluster],
    async handle({ body }) {
      const [result] = await enrolment.enrol([checkKey(body)]);
      if (!result) throw new AgentError('agent/internal', 'enrolling one HPA gave no result');
      if (result.outcome === 'failed')
        throw result.error ?? new AgentError('agent/internal', 'enrolling failed without an error');
      const created = result.outcome === 'created';
      const { outcome: _outcome, error: _error, ...fields } = presentEnrolment(result);
      const message = created ? 'HPA added to monitoring' : 'HPA is monitored already';
      return ok({ message, ...fields }, created ? 201 : 200);
    },
  }),

  jsonRoute({
    method: 'post',
    path: '/api/v1/monitoring/hpas',
    tag: TAG,
    summary: 'Watch many HPAs: some by name, or all of a cluster or namespace. One result for each.',
    body: enrolManyRequestSchema,
    answers: { 200: enrolManyAnswerSchema },
    touches: ({ body }) => ('items' in body ? body.items.map(({ cluster }) => cluster) : [body.cluster]),
    async handle({ body }) {
      if ('items' in body) {
        const keys = body.items.map((item, index) => checkKey(item, `items[${index}].`));
        return ok(resultsOf(await enrolment.enrol(keys)));
      }
      const namespace = body.namespace === undefined ? undefined : checkName('namespace', body.namespace);
      return ok(resultsOf(await enrolment.enrolAll(checkName('cluster', body.cluster), namespace)));
    },
  }),

  jsonRoute({
    method: 'post',
    path: '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/backfill',
    tag: TAG,
    summary: 'Collect the history of an HPA again.',
    params: hpaPathSchema,
    body: backfillRequestSchema.optional(),
    answers: { 202: backfillAnswerSchema },
    touches: ({ params: { cluster } }) => [cluster],
    async handle({ params }) {
      const key = checkKey(params);
      const { name, unknown } = resolveSoftly(fleet, key.cluster);
      if (unknown) throw unknown;
      const { started, estimatedCompletion } = await enrolment.backfill({ ...key, cluster: name });
      return ok(
        {
          message: started ? 'Collection of the history started' : 'The history is being collected already',
          baseline_collection_started: started,
          estimated_completion: isoOrNull(estimatedCompletion),
        },
        202,
      );
    },
  }),
];

const resultsOf = (results: EnrolResult[]) => ({
  created: results.filter(({ outcome }) => outcome === 'created').length,
  existing: results.filter(({ outcome }) => outcome === 'existing').length,
  failed: results.filter(({ outcome }) => outcome === 'failed').length,
  results: results.map(presentEnrolment),
});
