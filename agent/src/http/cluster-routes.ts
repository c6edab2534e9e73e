import { clusterPathSchema, doneAnswerSchema } from '../contract/common.ts';
import {
  clusterAnswerSchema,
  clusterListAnswerSchema,
  clusterRequestSchema,
  discoveryAnswerSchema,
} from '../contract/clusters.ts';
import type { ClusterListAnswer } from '../contract/api.ts';
import { localId } from '../domain/hpa.ts';
import { checkName } from './names.ts';
import { presentCluster, presentDiscovered, type ClusterFacts } from './present-cluster.ts';
import { clustersFingerprint } from './schedule-fingerprint.ts';
import { jsonRoute, ok, type Route } from './route.ts';
import type { Services } from './services.ts';

const TAG = 'clusters';

type Deps = Pick<Services, 'store' | 'fleet' | 'schedule' | 'forwards' | 'clock'>;

export const clusterRoutes = ({ store, fleet, schedule, forwards, clock }: Deps): Route[] => {
  const factsAt = async (now: number): Promise<ClusterFacts> => ({
    forwards: forwards(),
    outcomes: schedule.view(now).lastOutcomes,
    counts: await store.countByCluster(),
  });
  const watched = (name: string): string => fleet.resolve(checkName('cluster', name));

  return [
    jsonRoute({
      method: 'get',
      path: '/api/v1/clusters',
      tag: TAG,
      summary: 'The watched clusters and the way to each.',
      answers: { 200: clusterListAnswerSchema },
      fingerprint: (body) => clustersFingerprint(body as ClusterListAnswer),
      async handle() {
        const now = clock.now();
        const facts = await factsAt(now);
        return ok({ clusters: fleet.list().map((info) => presentCluster(info, facts, now)) });
      },
    }),

    jsonRoute({
      method: 'post',
      path: '/api/v1/clusters',
      tag: TAG,
      summary: 'Watch a cluster, by a kubectl context or by the address of its Prometheus.',
      body: clusterRequestSchema.refine(
        ({ context, prometheus_url }) => context === undefined || prometheus_url === undefined,
        { path: ['prometheus_url'] },
      ),
      answers: { 201: clusterAnswerSchema },
      touches: ({ body: { name } }) => [name],
      async handle({ body }) {
        const { context, prometheus_url: prometheusUrl } = body;
        const info = await fleet.add({
          name: checkName('cluster', body.name, 'name'),
          ...(context === undefined ? {} : { context }),
          ...(prometheusUrl === undefined ? {} : { prometheusUrl }),
        });
        const now = clock.now();
        return ok({ message: 'Cluster added', cluster: presentCluster(info, await factsAt(now), now) }, 201);
      },
    }),

    jsonRoute({
      method: 'delete',
      path: '/api/v1/clusters/{cluster}',
      tag: TAG,
      summary: 'Stop watching a cluster that was added at run time.',
      params: clusterPathSchema,
      answers: { 200: doneAnswerSchema },
      touches: ({ params: { cluster } }) => [cluster],
      async handle({ params }) {
        await fleet.remove(watched(params.cluster));
        return ok({ message: 'Cluster removed' });
      },
    }),

    jsonRoute({
      method: 'get',
      path: '/api/v1/clusters/{cluster}/hpas',
      tag: TAG,
      summary: 'The HPAs that a cluster shows now, and which of them are watched.',
      params: clusterPathSchema,
      answers: { 200: discoveryAnswerSchema },
      async handle({ params, signal }) {
        const cluster = watched(params.cluster);
        const [found, enrolled] = await Promise.all([fleet.discover(cluster, signal), store.hpasOfCluster(cluster)]);
        const ids = new Set(enrolled.map(localId));
        return ok({ cluster, hpas: found.hpas.map((hpa) => presentDiscovered(hpa, ids)), notes: found.notes });
      },
    }),
  ];
};
