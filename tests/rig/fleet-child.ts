import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { IncidentLabel } from '../../agent/src/demo/incidents.ts';
import type { FastTime } from './fast-clock.ts';
import type { FleetCluster, FleetCommand, FleetOptions, FleetReply } from './fleet-process.ts';

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

// Told apart by type so that a command without its id can be written down.
type Command = FleetCommand extends infer C ? (C extends FleetCommand ? Omit<C, 'id'> : never) : never;

/** Starts a simulated fleet as a child process. */
export async function startFleetChild(options: FleetOptions): Promise<FleetChild> {
  const child = fork(new URL('./fleet-process.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (reply: FleetReply) => void>();
  let lastId = 0;
  child.on('message', (reply: FleetReply) => waiting.get(reply.id)?.(reply));

  async function tell(command: Command): Promise<FleetReply> {
    const id = ++lastId;
    const answered = new Promise<FleetReply>((resolve) => {
      waiting.set(id, resolve);
      child.send({ ...command, id });
    });
    const ended = exited.then(() => Promise.reject(new Error('the simulated fleet has ended')));
    const reply = await Promise.race([answered, ended]);
    waiting.delete(id);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  const { clusters = [], labels = [] } = await tell({ do: 'serve', options });
  return {
    pid: child.pid ?? 0,
    clusters,
    labels,
    follow: async (time) => void (await tell({ do: 'follow', time })),
    down: async (cluster) => void (await tell({ do: 'down', cluster })),
    up: async (cluster) => void (await tell({ do: 'up', cluster })),
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
