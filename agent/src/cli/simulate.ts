import { systemClock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { startDemo } from '../demo/start.ts';
import type { CommandContext } from './context.ts';
import { table } from './table.ts';

export type SimulateOptions = { host: string; port: number; seed: number; clean: boolean };

/** Serves the simulated fleet, for real Prometheus servers to scrape, until a signal. Answers the exit code. */
export async function simulateCommand(context: CommandContext, options: SimulateOptions): Promise<number> {
  const { host, port } = options;
  const demo = await startDemo({ clock: systemClock, ...options }).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'EADDRINUSE'
      ? new AgentError(
          'agent/port-in-use',
          `One of the ports from ${port} on at ${host} is in use; choose others by --port`,
          { cause },
        )
      : cause;
  });
  const rows = demo.clusters.map(({ name, url }) => [name, `${url}/metrics`, `${url}/history`]);
  context.print(table(['CLUSTER', 'METRICS', 'HISTORY'], rows));
  await context.untilSignal();
  await demo.stop();
  return 0;
}
