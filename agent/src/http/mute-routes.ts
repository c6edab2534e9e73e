import { hpaPathSchema } from '../contract/common.ts';
import { muteAnswerSchema, muteRequestSchema } from '../contract/mute.ts';
import { findWatched } from './locate.ts';
import { muteUntil } from './mute-until.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';
import { iso } from './time-text.ts';

const TAG = 'hpas';
const MUTE = '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/mute';

type Deps = Pick<Services, 'store' | 'enrolment' | 'fleet' | 'clock'>;

export const muteRoutes = ({ store, enrolment, fleet, clock }: Deps): Route[] => [
  jsonRoute({
    method: 'put',
    path: MUTE,
    tag: TAG,
    summary: 'Tell nobody of the anomalies of an HPA for a while; they are found and listed all the same.',
    params: hpaPathSchema,
    body: muteRequestSchema,
    answers: { 200: muteAnswerSchema },
    touches: ({ params: { cluster } }) => [cluster],
    async handle({ params, body }) {
      const mutedUntil = muteUntil(body, clock.now());
      const { key } = await findWatched({ fleet, store }, params);
      await enrolment.patch(key, { mutedUntil });
      return ok({ message: 'HPA muted', muted_until: iso(mutedUntil) });
    },
  }),

  jsonRoute({
    method: 'delete',
    path: MUTE,
    tag: TAG,
    summary: 'Tell of the anomalies of an HPA again.',
    params: hpaPathSchema,
    answers: { 200: muteAnswerSchema },
    touches: ({ params: { cluster } }) => [cluster],
    async handle({ params }) {
      const { key } = await findWatched({ fleet, store }, params);
      await enrolment.patch(key, { mutedUntil: null });
      return ok({ message: 'HPA no longer muted', muted_until: null });
    },
  }),
];
