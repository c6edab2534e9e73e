import { isAgentError, toAgentError } from '../core/errors.ts';
import { backfillCluster } from './backfill.ts';
import type { Collector } from './collector.ts';
import type { CollectDeps } from './deps.ts';
import { createSurveyor } from './discover.ts';
import { lastSettledMinute } from './plan.ts';
import { createPresence } from './presence.ts';
import { createRevisionFilter } from './revisions.ts';
import { withMeasure, type BackfillMeasure } from './rate.ts';
import { scanCluster } from './scan.ts';

export type MeasuringCollector = Collector & {
  /** The latest finished backfills of a cluster, for estimateBackfillMs. */
  measuredBackfills(cluster: string): readonly BackfillMeasure[];
};

export function createCollector(deps: CollectDeps): MeasuringCollector {
  const survey = createSurveyor(deps.clock);
  const follow = createPresence(deps.events);
  const revisions = createRevisionFilter();
  const measures = new Map<string, BackfillMeasure[]>();
  const filling = new Set<string>();

  return {
    async discover(session, signal) {
      const { hpas, notes } = await survey(session, null, lastSettledMinute(deps.clock.now()), signal);
      return { hpas, notes };
    },
    scan: (session, signal) => scanCluster({ ...deps, survey, follow, revisions }, session, signal),
    async backfill(session, signal) {
      const { cluster } = session;
      // One at a time a cluster: a second one would find the same HPAs due.
      if (filling.has(cluster)) return { finished: 0 };
      filling.add(cluster);
      const measured = (measure: BackfillMeasure) =>
        void measures.set(cluster, withMeasure(measures.get(cluster) ?? [], measure));
      try {
        return await backfillCluster({ ...deps, survey, measured }, session, signal);
      } catch (error) {
        throw isAgentError(error) ? error : toAgentError(error, 'agent/aborted');
      } finally {
        filling.delete(cluster);
      }
    },
    measuredBackfills: (cluster) => measures.get(cluster) ?? [],
  };
}
