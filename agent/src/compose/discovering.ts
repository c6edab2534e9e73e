import type { Collector, Discovery } from '../collect/collector.ts';
import type { Connect } from '../collect/clients.ts';
import type { Fleet } from '../collect/fleet.ts';
import { SECOND } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { withTimeout } from '../core/signals.ts';
import type { ForwardPool } from '../kubectl/forward-pool.ts';
import type { Owning } from './owning.ts';
import { createVisits } from './visits.ts';

export type DiscoveringDeps = {
  fleet: Fleet;
  collector: Pick<Collector, 'discover'>;
  /** null: this agent watches every cluster. */
  owning: Owning | null;
  /** A pool apart, for clusters that other agents watch. */
  openPool: () => ForwardPool;
  connect: Connect;
};

const DISCOVER_TIMEOUT_MS = 30 * SECOND;

/** What a cluster shows now: by the way there is, or by one opened for it where another agent watches the cluster. */
export function createDiscovering({ fleet, collector, owning, openPool, connect }: DiscoveringDeps) {
  const visits = createVisits(openPool, connect);
  return {
    async discover(name: string, signal?: AbortSignal): Promise<Discovery> {
      const cluster = fleet.get(name);
      const limit = withTimeout(DISCOVER_TIMEOUT_MS, signal);
      if (fleet.watches(name)) return collector.discover(await fleet.session(name, limit), limit);
      if (owning?.isOutOfReach(name)) throw elsewhere(name, owning);
      return visits.to(cluster, limit, (session) => collector.discover(session, limit));
    },
    stop: () => visits.stop(),
  };
}

function elsewhere(name: string, owning: Owning): AgentError {
  const owner = owning.ownerOf(name);
  const who = owner
    ? `ask ${owner.name}${owner.url === null ? '' : ` (${owner.url})`}, which watches it`
    : 'no agent watches it';
  return new AgentError('cluster/unreachable', `The kubeconfig of this agent has no context for ${name}: ${who}`, {
    details: { cluster: name, agent: owner?.name ?? null },
  });
}
