import type { FleetItems } from './fleet-items.ts';
import { presentSummary, type FleetSummary } from './present-summary.ts';
import type { Services } from './services.ts';

export type SummaryDeps = Pick<Services, 'anomalies' | 'fleet' | 'schedule' | 'forwards' | 'clock'> & {
  items: FleetItems;
};

/** What GET /api/v1/monitoring/summary tells of the fleet. */
export async function readSummary(deps: SummaryDeps): Promise<FleetSummary> {
  const { hpas } = await deps.items.read();
  const now = deps.clock.now();
  const facts = {
    clusters: deps.fleet.list().length,
    hpas,
    forwards: deps.forwards(),
    firing: deps.anomalies.firing(),
    cycleMs: deps.schedule.view(now).cycleDurationMs,
  };
  return presentSummary(facts, now);
}
