import type { GrafanaTable } from '../../contract/grafana.ts';
import type { EventLoopWatch } from '../event-loop.ts';
import type { FleetItems } from '../fleet-items.ts';
import { presentCluster } from '../present-cluster.ts';
import { presentDatabase } from '../present-database.ts';
import { presentForward } from '../present-forward.ts';
import { presentTimeslots } from '../present-schedule.ts';
import { processView } from '../process-view.ts';
import { readSummary } from '../read-summary.ts';
import type { Services } from '../services.ts';
import { clusterTable, forwardTable, slotTable, summaryTable } from './watching-tables.ts';

type Deps = Pick<Services, 'store' | 'anomalies' | 'fleet' | 'schedule' | 'forwards' | 'metrics' | 'clock'> & {
  items: FleetItems;
  loop: EventLoopWatch;
};

/** A table about the watching itself, of the clusters that are shown. */
type MakeTable = (refId: string, isShown: (cluster: string) => boolean) => Promise<GrafanaTable>;
export type WatchingTables = Record<'slots' | 'forwards' | 'clusters' | 'summary', MakeTable>;

export function watchingTables(deps: Deps): WatchingTables {
  const { store, fleet, schedule, forwards, clock } = deps;
  const timeslots = async () => {
    const now = clock.now();
    const facts = { clusters: fleet.list(), forwards: forwards(), counts: await store.countByCluster() };
    return presentTimeslots(schedule.view(now), facts, now);
  };
  return {
    async slots(refId, isShown) {
      return slotTable(refId, (await timeslots()).slots, isShown);
    },
    async forwards(refId, isShown) {
      const now = clock.now();
      return forwardTable(
        refId,
        forwards()
          .filter(({ cluster }) => isShown(cluster))
          .map((forward) => presentForward(forward, now)),
      );
    },
    async clusters(refId, isShown) {
      const [counts, slots] = await Promise.all([store.countByCluster(), timeslots()]);
      const now = clock.now();
      const facts = { forwards: forwards(), outcomes: schedule.view(now).lastOutcomes, counts };
      const rows = fleet.list().flatMap((info) => {
        const place = slots.clusters.find(({ cluster }) => cluster === info.name);
        return place && isShown(info.name) ? [{ view: presentCluster(info, facts, now), schedule: place }] : [];
      });
      return clusterTable(refId, rows);
    },
    async summary(refId) {
      const [summary, counts, process] = await Promise.all([readSummary(deps), store.counts(), processView(deps)]);
      const now = clock.now();
      const { cycleDurationMs: cycleMs } = schedule.view(now);
      return summaryTable(refId, { summary, database: presentDatabase(counts, null, null), process, cycleMs, now });
    },
  };
}
