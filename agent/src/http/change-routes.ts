import { changesAnswerSchema, changesQuerySchema } from '../contract/changes.ts';
import { hpaPathSchema } from '../contract/common.ts';
import { findWatched } from './locate.ts';
import { presentChange } from './present-change.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';
import { iso } from './time-text.ts';
import { timeRange } from './time-range.ts';

/** More than these no chart can mark and nobody reads. */
const MOST_CHANGES = 1_000;

type Deps = Pick<Services, 'store' | 'fleet' | 'clock'>;

export const changeRoutes = ({ store, fleet, clock }: Deps): Route[] => [
  jsonRoute({
    method: 'get',
    path: '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/changes',
    tag: 'hpas',
    summary: 'What was done to an HPA over time: changes of its spec, rollouts of its target.',
    params: hpaPathSchema,
    query: changesQuerySchema,
    answers: { 200: changesAnswerSchema },
    async handle({ params, query }) {
      const { from, to } = timeRange(query, clock.now());
      const { key, hpa } = await findWatched({ fleet, store }, params);
      const changes = await store.changesOf(hpa.id, { from, to });
      return ok({
        ...key,
        from: iso(from),
        to: iso(to),
        changes: changes.slice(-MOST_CHANGES).map((change) => presentChange(change, hpa.target)),
      });
    },
  }),
];
