import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import pLimit from 'p-limit';
import type { BackfillRunner } from '../collect/backfill-runner.ts';
import type { Detection } from '../collect/detection.ts';
import type { Fleet } from '../collect/fleet.ts';
import type { Watch } from '../collect/watch.ts';
import type { Config } from '../config/load.ts';
import { SECOND, type Clock } from '../core/clock.ts';
import { toAgentError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { AgentRecord, Duty, LeaseTable, Notice, SharedCluster } from '../domain/ownership.ts';
import { agentStates } from '../ownership/agent-states.ts';
import { startSharing, type Held, type Sharing, type SharingTiming } from '../ownership/sharing.ts';
import type { Engine } from '../schedule/engine.ts';
import type { Store } from '../storage/store.ts';
import type { Contexts } from './ways.ts';

export type OwningDeps = {
  table: LeaseTable;
  clock: Clock;
  random: () => number;
  logger: Logger;
  metrics: Pick<Metrics, 'fencedWrites'>;
  config: Pick<Config, 'sharing'>;
  home: string;
  version: string;
  /** The clusters of the settings. */
  clusters: Cluster[];
  contexts: Pick<Contexts, 'has' | 'refresh'>;
};

/** What is told of gains and losses. */
export type OwningParts = {
  fleet: Fleet;
  engine: Engine;
  /** null: history is collected in the slots. */
  runner: BackfillRunner | null;
  detection: Detection;
  watch: Watch;
  store: Pick<Store, 'findAnomaly'>;
  /** There may be something to send. */
  kickSender(): void;
};

/** This agent as one of several that share the clusters of a database. */
export type Owning = {
  id(): string;
  held(): ReadonlyMap<string, Held>;
  owns(cluster: string): boolean;
  /** Whether this agent does it for all, as far as it can know by its own clock. */
  does(duty: Duty): boolean;
  tell(notice: Notice): void;
  /** Reads the list of clusters again. */
  refresh(): Promise<void>;
  free(cluster: string): Promise<void>;
  /** A write was refused. */
  doubt(cluster: string): void;
  agents(): AgentState[];
  /** null: nobody watches it. */
  ownerOf(cluster: string): Pick<AgentRecord, 'name' | 'url'> | null;
  isOutOfReach(cluster: string): boolean;
  /** Joins the others, and takes and gives from now on. Resolves after the first look. */
  begin(parts: OwningParts, url: string): Promise<void>;
  /** Takes nothing more. */
  halt(): Promise<void>;
  leave(): Promise<void>;
};

const SCANS_AT_ONCE = 4;
const CONTEXTS_EVERY_MS = 30 * SECOND;

export const timingOf = (leaseMs: number): SharingTiming => ({
  leaseMs,
  renewMs: Math.round(leaseMs / 3),
  lookMs: Math.min(1_500, Math.round(leaseMs / 10)),
});

export function createOwning(deps: OwningDeps): Owning {
  const { table, clock, logger, config } = deps;
  const limit = pLimit(SCANS_AT_ONCE);
  let sharing: Sharing | null = null;
  let outOfReach: readonly string[] = [];
  let contextsAt = -Infinity;

  /** By the contexts that the kubeconfig had when it was read last; it is read again now and then while some are missing. */
  function findOutOfReach(clusters: readonly SharedCluster[]): readonly string[] {
    const missing = clusters.flatMap(({ name, reach }) =>
      reach.kind === 'context' && !deps.contexts.has(reach.context) ? [name] : [],
    );
    if (missing.length > 0 && clock.now() - contextsAt >= CONTEXTS_EVERY_MS) {
      contextsAt = clock.now();
      deps.contexts.refresh().catch(() => undefined);
    }
    const fresh = missing.filter((name) => !outOfReach.includes(name));
    if (fresh.length > 0)
      logger.warn(
        { clusters: fresh },
        'the kubeconfig lacks the contexts of these clusters: other agents have to watch them',
      );
    outOfReach = missing;
    return missing;
  }

  return {
    id: () => sharing?.id() ?? '',
    held: () => sharing?.held() ?? new Map<string, Held>(),
    owns: (cluster) => sharing?.owns(cluster) ?? false,
    does: (duty) => sharing?.isSure(duty) ?? false,
    tell: (notice) =>
      void table
        .tell(sharing?.id() ?? '', notice)
        .catch((error: unknown) =>
          logger.error(
            { cluster: notice.cluster, err: toAgentError(error) },
            'the agent that watches it could not be told',
          ),
        ),
    refresh: async () => sharing?.look(),
    free: (cluster) => table.free(cluster),
    doubt: (cluster) => {
      deps.metrics.fencedWrites.inc({ cluster });
      logger.warn({ cluster }, 'a write was refused: another agent watches the cluster by now');
      sharing?.doubt();
    },
    agents() {
      const shared = sharing?.shared();
      return sharing && shared ? agentStates(shared, { id: sharing.id(), state: sharing.state() }) : [];
    },
    ownerOf(cluster) {
      const { agents = [], leases = [] } = sharing?.shared() ?? {};
      const owner = leases.find(({ name }) => name === cluster)?.owner ?? null;
      return agents.find(({ id, isLive }) => isLive && id === owner) ?? null;
    },
    isOutOfReach: (cluster) => outOfReach.includes(cluster),
    async begin(parts, url) {
      await deps.contexts.refresh().catch(() => undefined);
      contextsAt = clock.now();
      const name = config.sharing.name ?? hostname();
      sharing = startSharing({
        table,
        clock,
        monotonic: () => performance.now(),
        random: deps.random,
        logger,
        identity: () => ({ id: randomUUID(), name, version: deps.version, url, home: deps.home }),
        timing: timingOf(config.sharing.leaseMs),
        declared: deps.clusters,
        follow(clusters) {
          parts.fleet.follow(clusters);
          // Whoever found something to tell: this is the one that sends.
          if (sharing?.hasDuty('*notifications')) parts.kickSender();
        },
        outOfReach: findOutOfReach,
        gain: (cluster) => gain(parts, cluster, (run) => limit(run)),
        lose: (cluster, isOurs) => lose(parts, cluster, isOurs),
        hear: (notice) => hear(parts, notice, (cluster) => sharing?.owns(cluster) ?? false),
      });
      await sharing.look();
    },
    halt: async () => sharing?.halt(),
    leave: async () => sharing?.leave(),
  };
}

async function gain(
  { fleet, engine, runner }: OwningParts,
  cluster: string,
  limited: (run: () => Promise<void>) => Promise<void>,
): Promise<void> {
  await fleet.watch(cluster);
  engine.refresh();
  // Its turn may be a minute away, and nobody has scanned it since its last owner put it down. In rotating mode there is no way before its turn.
  if (runner === null) return;
  void limited(() => (fleet.watches(cluster) ? engine.scanNow(cluster) : Promise.resolve()));
  runner.kick(cluster);
}

async function lose(
  { fleet, engine, runner, detection, watch }: OwningParts,
  cluster: string,
  isOurs: boolean,
): Promise<void> {
  detection.letGo(cluster);
  // Out of the lanes first, so that no slot takes it up again.
  const ended = fleet.unwatch(cluster);
  await Promise.all([engine.drop(cluster), runner?.drop(cluster)]);
  await detection.handOver(cluster, isOurs).finally(() => ended);
  watch.forget(cluster);
}

/** Notices are for the owner; nobody else knows anything that they would change. */
function hear(parts: OwningParts, { cluster, kind, about }: Notice, owns: (cluster: string) => boolean): void {
  if (!owns(cluster)) return;
  const { detection, runner, store } = parts;
  if (kind === 'backfill') runner?.kick(cluster);
  if (kind === 'relearn') {
    const [namespace = '', hpa = ''] = about.split('/');
    detection.relearn({ cluster, namespace, hpa });
  }
  if (kind === 'anomaly')
    void store
      .findAnomaly(about)
      .then((anomaly) => anomaly && detection.replace(anomaly))
      .catch(() => undefined);
}
