import type { SummaryAnswer } from '../contract/api.ts';
import type { FleetItems } from './fleet-items.ts';
import { presentSummary } from './present-summary.ts';
import type { Services } from './services.ts';

export type SummaryDeps = Pick<Services, 'anomalies' | 'fleet' | 'schedule' | 'forwards' | 'clock'> & {
  items: FleetItems;
};

/** The whole answer of GET /api/v1/monitoring/summary but for `status`. */
export async function readSummary(deps: SummaryDeps): Promise<Omit<SummaryAnswer, 'status'>> {
  const { items } = await deps.items.read();
  const now = deps.clock.now();
  const facts = {
    clusters: deps.fleet.list().length,
    hpas: items.map(({ row }) => row),
    forwards: deps.forwards(),
    firing: deps.anomalies.firing(),
    cycleMs: deps.schedule.view(now).cycleDurationMs,
  };
  return presentSummary(facts, now);
}
