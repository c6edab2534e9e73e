import type { IncidentLabel } from '../../agent/src/demo/incidents.ts';
import type { FastTime } from './fast-clock.ts';
import type { FleetCluster, FleetCommand, FleetOptions, FleetReply } from './fleet-process.ts';
import { startToldChild } from './told-child.ts';

export type FleetChild = {
  pid: number;
  clusters: FleetCluster[];
  /** What goes wrong in the fleet, and when. */
  labels: IncidentLabel[];
  /** Time goes on for it as this says. */
  follow(time: FastTime): Promise<void>;
  /** The Prometheus of a cluster ends: its connections are cut, nobody listens. */
  down(cluster: string): Promise<void>;
  /** And is there again, at the same port. */
  up(cluster: string): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a simulated fleet as a child process. */
export async function startFleetChild(options: FleetOptions): Promise<FleetChild> {
  const { child, tell, stop } = startToldChild<FleetCommand, FleetReply>(
    new URL('./fleet-process.ts', import.meta.url),
    'the simulated fleet',
  );
  const { clusters = [], labels = [] } = await tell({ do: 'serve', options });
  return {
    pid: child.pid ?? 0,
    clusters,
    labels,
    follow: async (time) => void (await tell({ do: 'follow', time })),
    down: async (cluster) => void (await tell({ do: 'down', cluster })),
    up: async (cluster) => void (await tell({ do: 'up', cluster })),
    stop,
  };
}
