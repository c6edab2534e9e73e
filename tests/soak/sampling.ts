import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentProcess } from '../rig/agent.ts';
import { metricSums, processFacts } from '../rig/process-facts.ts';

/** What an agent holds at a moment of the soak. */
export type SoakRow = {
  /** Simulated hours since the soak began. */
  hour: number;
  rss_mib: number;
  heap_mib: number;
  external_mib: number;
  handles: number;
  resources: number;
  fds: number;
  threads: number;
  children: number;
  /** Delay of the event loop since the row before, by the machine's clock. */
  loop_p99_ms: number;
  /** CPU since the row before, in cores of the machine. */
  cpu_cores: number;
  wal_mib: number;
  db_mib: number;
  samples: number;
};

const MIB = 1_048_576;
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Bytes of a file; 0 where there is none. */
const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** `read(hour)` answers a row and begins the next one; `metrics` reads /metrics of the agent. */
export function startSampling(agent: AgentProcess, metrics: () => Promise<string>) {
  let before = { cpuMs: processFacts(agent.pid).cpuMs, at: performance.now() };
  return async (hour: number): Promise<SoakRow> => {
    const sums = metricSums(await metrics());
    const value = (name: string) => sums.get(`hpa_watch_${name}`) ?? NaN;
    const facts = processFacts(agent.pid);
    const at = performance.now();
    const cores = (facts.cpuMs - before.cpuMs) / (at - before.at);
    before = { cpuMs: facts.cpuMs, at };
    const file = join(agent.dataDir, 'monitoring.db');
    return {
      hour: round(hour, 2),
      rss_mib: round(facts.rssBytes / MIB),
      heap_mib: round(value('nodejs_heap_size_used_bytes') / MIB),
      external_mib: round(value('nodejs_external_memory_bytes') / MIB, 2),
      handles: value('nodejs_active_handles_total'),
      resources: value('nodejs_active_resources_total'),
      fds: facts.fds,
      threads: facts.threads,
      children: facts.children,
      loop_p99_ms: round(value('nodejs_eventloop_lag_p99_seconds') * 1_000),
      cpu_cores: round(cores, 2),
      wal_mib: round(sizeOf(`${file}-wal`) / MIB, 2),
      db_mib: round(sizeOf(file) / MIB),
      samples: value('database_samples'),
    };
  };
}
