import type { Registry } from 'prom-client';
import type { StatusAnswer } from '../contract/api.ts';
import type { EventLoopWatch } from './event-loop.ts';

const BYTES_PER_MB = 1_000_000;
const MEMORY = 'hpa_watch_process_resident_memory_bytes';

export type ProcessDeps = { metrics: { registry: Pick<Registry, 'getSingleMetric'> }; loop: EventLoopWatch };
export type ProcessView = Pick<StatusAnswer['process'], 'memory_mb' | 'event_loop_p99_ms'>;

/** What the process says of itself; null where it is not measured. */
export async function processView({ metrics, loop }: ProcessDeps): Promise<ProcessView> {
  const bytes = (await metrics.registry.getSingleMetric(MEMORY)?.get())?.values[0]?.value;
  return {
    memory_mb: bytes === undefined ? null : Math.round(bytes / BYTES_PER_MB),
    event_loop_p99_ms: loop.p99Ms(),
  };
}
