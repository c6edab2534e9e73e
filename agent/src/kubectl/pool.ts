import { sleep, type Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { LocalEndpoint } from '../domain/cluster.ts';
import type { ForwardInfo } from '../domain/forward.ts';
import { createClusterWay, sameEndpoint, type ClusterWay } from './cluster-way.ts';
import { canListen, createEndpointTurns } from './endpoints.ts';
import type { ForwardPool, ForwardTarget } from './forward-pool.ts';
import { createForward, DEFAULT_TIMING, type ForwardTiming, type Probe } from './forward.ts';
import type { KubectlDeps } from './kubectl-process.ts';
import { openKubectl } from './kubectl-tunnel.ts';
import { openDirect, type OpenTunnel } from './tunnel.ts';

export type PoolDeps = KubectlDeps & {
  clock: Clock;
  /** In [0, 1), for jitter. */
  random: () => number;
  logger: Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
  /** null: kubectl's own rules (KUBECONFIG, ~/.kube/config) by `env`. */
  kubeconfig: string | null;
  probe: Probe;
  /** persistent: every forward stays up; rotating: a forward runs while its cluster owns its lane. */
  mode: 'persistent' | 'rotating';
  /** Called once a change of state. */
  onChange: (info: ForwardInfo) => void;
  timing?: Partial<ForwardTiming>;
};

/** The one loopback address every system has. */
const FIRST_LOOPBACK = '127.0.0.1';
const PORT_FREE_WITHIN_MS = 2_000;
const LOOK_EVERY_MS = 50;

export function createForwardPool(deps: PoolDeps): ForwardPool {
  const { clock, mode } = deps;
  const timing = { ...DEFAULT_TIMING, ...deps.timing };
  const turns = createEndpointTurns();
  const ways = new Map<string, ClusterWay>();
  /** Ways that are released and still ending. */
  const leaving = new Set<ClusterWay>();
  let owners: ReadonlyMap<number, string> = new Map();
  let rotation: Promise<void> = Promise.resolve();
  let stopped = false;

  const wayDeps = {
    clock,
    logger: deps.logger,
    homeOf,
    onChange: deps.onChange,
    createForward: (target: ForwardTarget, open: OpenTunnel, endpoint: LocalEndpoint, onChange: () => void) =>
      createForward({
        ...deps,
        timing,
        open,
        onChange,
        enter: (signal) => (target.reach.kind === 'direct' ? Promise.resolve(() => {}) : enter(endpoint, signal)),
      }),
  };

  async function enter(endpoint: LocalEndpoint, signal: AbortSignal): Promise<() => void> {
    const leave = await turns.enter(endpoint, signal);
    // Where the port passes from cluster to cluster, even a process that a wrapper of kubectl left must not hold it.
    const giveUpAt = clock.now() + PORT_FREE_WITHIN_MS;
    while (mode === 'rotating' && !signal.aborted && clock.now() < giveUpAt && !(await canListen(endpoint)))
      await sleep(clock, LOOK_EVERY_MS);
    return leave;
  }

  /** Rotating mode knows one address; the port of a lane passes from owner to owner. */
  function homeOf({ endpoint }: ForwardTarget): LocalEndpoint {
    return mode === 'rotating' ? { address: FIRST_LOOPBACK, port: endpoint.port } : endpoint;
  }

  const ownsItsLane = ({ cluster, reach, endpoint }: ForwardTarget): boolean =>
    mode === 'persistent' || reach.kind === 'direct' || owners.get(endpoint.port) === cluster;

  function openerOf(target: ForwardTarget): OpenTunnel {
    const { reach, prometheus } = target;
    if (reach.kind === 'direct') return openDirect(reach.url);
    const { startTimeoutMs } = timing;
    const { kubeconfig } = deps;
    return openKubectl(deps, {
      context: reach.context,
      prometheus,
      endpoint: homeOf(target),
      kubeconfig,
      startTimeoutMs,
    });
  }

  function startIfItsTurn(way: ClusterWay): void {
    const isWatched = ways.get(way.target.cluster) === way;
    if (!stopped && isWatched && ownsItsLane(way.target)) way.start(homeOf(way.target));
  }

  async function rotateTo(next: ReadonlyMap<number, string>): Promise<void> {
    if (stopped) return;
    owners = next;
    const all = [...ways.values()];
    await Promise.all(all.filter((way) => !ownsItsLane(way.target)).map((way) => way.halt()));
    all.forEach(startIfItsTurn);
  }

  function retarget(way: ClusterWay, target: ForwardTarget): void {
    const onlyMoved = sameDestination(way.target, target);
    way.retarget(target, openerOf(target));
    if (onlyMoved && target.reach.kind === 'direct') return;
    if (onlyMoved && mode === 'persistent') return way.move(target.endpoint);
    void way.halt().then(() => startIfItsTurn(way));
  }

  return {
    ensure(target) {
      if (stopped) return;
      const known = ways.get(target.cluster);
      if (known) {
        const same = sameDestination(known.target, target) && sameEndpoint(known.target.endpoint, target.endpoint);
        if (!same) retarget(known, target);
        return;
      }
      const way = createClusterWay(wayDeps, target, openerOf(target));
      ways.set(target.cluster, way);
      startIfItsTurn(way);
    },
    async release(cluster) {
      const way = ways.get(cluster);
      if (!way) return;
      ways.delete(cluster);
      leaving.add(way);
      await way.halt();
      leaving.delete(way);
    },
    async acquire(cluster, signal) {
      while (!stopped && !signal.aborted) {
        const way = ways.get(cluster);
        if (!way) throw new AgentError('cluster/not-found', `Cluster ${cluster} is not watched`);
        const lease = await way.acquire(signal);
        if (lease) return lease;
      }
      if (stopped) throw new AgentError('agent/stopping', 'The agent is stopping', { retryable: true });
      const message = `${cluster} could not be reached in time: its lane did not come to it`;
      throw new AgentError('cluster/unreachable', message, { retryable: true });
    },
    rotate(next) {
      if (mode === 'persistent') return Promise.resolve();
      const wanted = new Map(next);
      // One rotation after the other: a quick second one must see what the first has started.
      rotation = rotation.then(() => rotateTo(wanted));
      return rotation;
    },
    suspect(lease) {
      if (lease.isCurrent()) ways.get(lease.cluster)?.suspect();
    },
    list: () => [...ways.values()].map((way) => way.info()),
    info: (cluster) => ways.get(cluster)?.info() ?? null,
    async stop() {
      stopped = true;
      const haltAll = () => Promise.all([...ways.values(), ...leaving].map((way) => way.halt()));
      await haltAll();
      await rotation;
      // A rotation or a change of target that was under way may have started one more.
      await haltAll();
    },
  };
}

const sameDestination = (a: ForwardTarget, b: ForwardTarget): boolean =>
  JSON.stringify([a.reach, a.prometheus]) === JSON.stringify([b.reach, b.prometheus]);
