import { monitorEventLoopDelay } from 'node:perf_hooks';

export type Cost = { ms: number; cpuMs: number; longestStallMs: number };

/** CPU of the whole process, the thread of the database included. */
export async function costOf(run: () => Promise<unknown>): Promise<Cost> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const [startedAt, cpu] = [performance.now(), process.cpuUsage()];
  await run();
  const { user, system } = process.cpuUsage(cpu);
  const ms = performance.now() - startedAt;
  // A stall that ends with the run shows at the next turn.
  await new Promise((resolve) => setTimeout(resolve, 5));
  delay.disable();
  return { ms, cpuMs: (user + system) / 1_000, longestStallMs: delay.max / 1e6 };
}
