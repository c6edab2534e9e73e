import {
  acceptAnswerSchema,
  acceptRequestSchema,
  baselineAnswerSchema,
  baselineQuerySchema,
} from '../contract/baseline.ts';
import { hpaPathSchema } from '../contract/common.ts';
import { formatDuration } from '../core/duration.ts';
import { acceptedSince, baselineRequest } from './baseline-request.ts';
import { findWatched } from './locate.ts';
import { presentBands, presentBaseline } from './present-baseline.ts';
import { presentObserved, readStepMs } from './present-observed.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';
import { iso, isoOrNull } from './time-text.ts';

const TAG = 'baseline';
const BASELINE = '/api/v1/monitoring/hpas/{cluster}/{namespace}/{hpa}/baseline';

type Deps = Pick<Services, 'store' | 'baselines' | 'fleet' | 'clock'>;

export const baselineRoutes = ({ store, baselines, fleet, clock }: Deps): Route[] => [
  jsonRoute({
    method: 'get',
    path: BASELINE,
    tag: TAG,
    summary: 'What is usual for an HPA, as bands over any time range up to 24 h ahead.',
    params: hpaPathSchema,
    query: baselineQuerySchema,
    answers: { 200: baselineAnswerSchema },
    fingerprint: (body) => body,
    async handle({ params, query }) {
      const now = clock.now();
      // What is wrong whatever the time zone is told before anything is looked up.
      baselineRequest(query, now, 'UTC');
      const { key, hpa } = await findWatched({ fleet, store }, params);
      const request = baselineRequest(query, now, hpa.timezone ?? 'UTC');
      const [profile, exclusions, samples] = await Promise.all([
        baselines.profileOf(hpa),
        store.exclusionsOf(hpa.id),
        query.observed === 'true'
          ? store.readSeries(hpa.id, { from: request.from, to: Math.min(request.to, now), stepMs: readStepMs(request) })
          : null,
      ]);
      return ok({
        ...key,
        from: iso(request.from),
        to: iso(request.to),
        step: formatDuration(request.stepMs),
        baseline: presentBaseline({ hpa, profile, exclusions }),
        bands: presentBands(profile, request),
        observed: samples && presentObserved(samples, request),
      });
    },
  }),

  jsonRoute({
    method: 'post',
    path: `${BASELINE}/accept`,
    tag: TAG,
    summary: 'What is seen from a time on is the new normal.',
    params: hpaPathSchema,
    body: acceptRequestSchema.optional(),
    answers: { 200: acceptAnswerSchema },
    touches: ({ params: { cluster } }) => [cluster],
    async handle({ params, body }) {
      const since = acceptedSince(body, clock.now());
      const { hpa } = await findWatched({ fleet, store }, params);
      await baselines.accept(hpa, since);
      const message = since === null ? 'The whole history counts again' : 'Accepted as the new normal';
      return ok({ message, normal_since: isoOrNull(since) });
    },
  }),
];
