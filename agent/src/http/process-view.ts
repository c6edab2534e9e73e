import type { Registry } from 'prom-client';
import type { StatusAnswer } from '../contract/api.ts';

const BYTES_PER_MB = 1_000_000;

/** What the process says of itself in its own metrics; null where they are not collected. */
export async function processView(
  registry: Pick<Registry, 'getSingleMetric'>,
): Promise<Pick<StatusAnswer['process'], 'memory_mb' | 'event_loop_p99_ms'>> {
  const valueOf = async (name: string): Promise<number | null> => {
    const read = await registry.getSingleMetric(name)?.get();
    const value = read?.values[0]?.value;
    return value === undefined || !Number.isFinite(value) ? null : value;
  };
  const [bytes, lagSeconds] = await Promise.all([
    valueOf('hpa_watch_process_resident_memory_bytes'),
    valueOf('hpa_watch_nodejs_eventloop_lag_p99_seconds'),
  ]);
  return {
    memory_mb: bytes === null ? null : Math.round(bytes / BYTES_PER_MB),
    event_loop_p99_ms: lagSeconds === null ? null : Math.round(lagSeconds * 1_000),
  };
}
