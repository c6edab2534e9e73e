import { Detection } from '../collect/detection.ts';
import { startFiringView } from '../collect/firing-view.ts';
import { createLearningThread } from '../collect/learning-thread.ts';
import { createStoredProfiles } from '../collect/stored-profiles.ts';
import type { Config } from '../config/load.ts';
import { invalid } from '../config/problems.ts';
import type { Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import { explain } from '../detect/explain.ts';
import { limitProblems, type LimitSettings } from '../detect/limits.ts';
import { localId, type HpaKey } from '../domain/hpa.ts';
import type { Notice } from '../domain/ownership.ts';
import type { Anomalies, Baselines } from '../http/services.ts';
import { createPost, type Post } from '../notify/post.ts';
import { startSender, type SenderDeps } from '../notify/sender.ts';
import type { Store } from '../storage/store.ts';

type SenderQueue = SenderDeps['queue'];

export type DetectingDeps = {
  config: Pick<Config, 'detect' | 'notify' | 'retention'>;
  store: Store;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  metrics: Metrics;
  /** Where several agents share the database. */
  shared?: SharedDetecting;
};

export type SharedDetecting = {
  owns(cluster: string): boolean;
  /** Whether this agent sends what there is to send. */
  sends(): boolean;
  /** A person said something that the owner of a cluster has to know. */
  tell(notice: Notice): void;
};

export type Detecting = {
  detection: Detection;
  anomalies: Anomalies;
  baselines: Baselines;
  /** What is usual has to be learned anew, by whoever watches the cluster. */
  relearn(key: HpaKey): void;
  /** There may be something to send. */
  kick(): void;
  stop(): Promise<void>;
};

/** Detection and notification, joined. @throws AgentError `config/invalid` for limits that no detector has */
export async function startDetecting({
  config,
  store,
  clock,
  events,
  logger,
  metrics,
  shared,
}: DetectingDeps): Promise<Detecting> {
  const { post, close } = createPost(() => clock.now());
  const sender = startSender({
    queue: shared ? queueOfOne(store, () => shared.sends()) : store,
    receivers: config.notify,
    post: shared ? postOfOne(post, () => shared.sends()) : post,
    clock,
    random: Math.random,
    logger,
    onOutcome: (receiver, result) => metrics.notifications.inc({ receiver, result }),
  });
  // A counter that begins with its first failure shows no increase: every series is there from the start.
  for (const { name } of config.notify)
    for (const result of ['sent', 'retry', 'given_up']) metrics.notifications.inc({ receiver: name, result }, 0);
  const learning = createLearningThread();
  const detection = new Detection({
    store,
    clock,
    events,
    logger,
    limits: limitsOf(config.detect),
    receivers: config.notify,
    learn: learning.learn,
    minuteRetentionMs: config.retention.minutesMs,
    notify: () => sender.kick(),
    describeAt: (hpa, rollouts) => (state, sample) => (finding, startedAt) =>
      explain(finding, startedAt, {
        key: { cluster: hpa.cluster, namespace: hpa.namespace, hpa: hpa.hpa },
        target: hpa.target,
        timezone: hpa.timezone ?? 'UTC',
        sample,
        changes: [
          ...(state.changes ? [{ kind: 'config' as const, ...state.changes }] : []),
          ...rollouts.map((rollout) => ({ kind: 'rollout' as const, ...rollout })),
        ],
      }),
  });
  if (!shared) await detection.start();
  const view = shared ? await startFiringView({ store, clock, events, logger }) : null;
  const profiles = createStoredProfiles({ store, clock });
  const relearn = (key: HpaKey): void => {
    if (shared && !shared.owns(key.cluster))
      shared.tell({ cluster: key.cluster, kind: 'relearn', about: localId(key) });
    else detection.relearn(key);
  };
  return {
    detection,
    relearn,
    kick: () => sender.kick(),
    anomalies: {
      firing: () => (view ?? detection).firing(),
      firingHere: () =>
        view && shared ? view.firing().filter(({ key }) => shared.owns(key.cluster)) : detection.firing(),
      acknowledge: (id, on) => patched(id, { acknowledgedAt: on ? clock.now() : null }),
      async exclude(id, on) {
        const anomaly = await patched(id, { excluded: on });
        if (anomaly) relearn(anomaly.key);
        return anomaly;
      },
    },
    baselines: {
      profileOf: (hpa) => (shared && !shared.owns(hpa.cluster) ? profiles(hpa) : detection.profileOf(hpa)),
      async accept(hpa, since) {
        await store.acceptNewNormal(hpa.id, since);
        relearn(hpa);
      },
    },
    async stop() {
      await view?.stop();
      await sender.stop();
      await close();
      await learning.close();
      await detection.stop();
    },
  };

  async function patched(id: string, patch: Parameters<Store['patchAnomaly']>[1]) {
    const anomaly = await store.patchAnomaly(id, patch);
    if (!anomaly) return null;
    view?.replace(anomaly);
    const { cluster } = anomaly.key;
    if (shared && !shared.owns(cluster)) shared.tell({ cluster, kind: 'anomaly', about: id });
    else detection.replace(anomaly);
    return anomaly;
  }
}

/** Of several agents that share a queue one sends: the others find it empty. */
const queueOfOne = (store: Store, sends: () => boolean): SenderQueue => ({
  keepReceivers: (names) => store.keepReceivers(names),
  dueNotifications: async (receiver, now, limit, holdMs) =>
    sends() ? store.dueNotifications(receiver, now, limit, holdMs) : { items: [], nextAt: null },
  activeNotifications: async (receiver) => (sends() ? store.activeNotifications(receiver) : []),
  settleNotification: (id, outcome) => store.settleNotification(id, outcome),
  releaseNotifications: (receiver) => store.releaseNotifications(receiver),
});

/** What was read before another agent took over is that one's to send. */
const postOfOne =
  (post: Post, sends: () => boolean): Post =>
  async (request, signal) => {
    if (sends()) return post(request, signal);
    throw new AgentError('storage/fenced', 'Another agent sends the notifications by now');
  };

/** Limits as written, checked. @throws AgentError `config/invalid` naming each */
export function limitsOf({ defaults, namespaces, hpas }: Config['detect']): LimitSettings {
  const scopes: [string, Record<string, unknown>][] = [
    ['detect.defaults', defaults],
    ...Object.entries(namespaces).map(([name, limits]): [string, Record<string, unknown>] => [
      `detect.namespaces.${name}`,
      limits,
    ]),
    ...Object.entries(hpas).map(([name, limits]): [string, Record<string, unknown>] => [`detect.hpas.${name}`, limits]),
  ];
  const problems = scopes.flatMap(([scope, limits]) =>
    limitProblems(limits).map((problem) => ({ ...problem, path: `${scope}.${problem.path}` })),
  );
  if (problems.length > 0) throw invalid(problems);
  return { defaults, namespaces, hpas };
}
