import { Detection } from '../collect/detection.ts';
import { createLearningThread } from '../collect/learning-thread.ts';
import type { Config } from '../config/load.ts';
import { invalid } from '../config/problems.ts';
import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Metrics } from '../core/metrics.ts';
import { explain } from '../detect/explain.ts';
import { limitProblems, type LimitSettings } from '../detect/limits.ts';
import type { Anomalies, Baselines } from '../http/services.ts';
import { createPost } from '../notify/post.ts';
import { startSender } from '../notify/sender.ts';
import type { Store } from '../storage/store.ts';

export type DetectingDeps = {
  config: Pick<Config, 'detect' | 'notify' | 'retention'>;
  store: Store;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  metrics: Metrics;
};

export type Detecting = {
  detection: Detection;
  anomalies: Anomalies;
  baselines: Baselines;
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
}: DetectingDeps): Promise<Detecting> {
  const { post, close } = createPost(() => clock.now());
  const sender = startSender({
    queue: store,
    receivers: config.notify,
    post,
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
  await detection.start();
  return {
    detection,
    anomalies: {
      firing: () => detection.firing(),
      acknowledge: (id, on) => patched(id, { acknowledgedAt: on ? clock.now() : null }),
      async exclude(id, on) {
        const anomaly = await patched(id, { excluded: on });
        if (anomaly) detection.relearn(anomaly.key);
        return anomaly;
      },
    },
    baselines: {
      profileOf: (hpa) => detection.profileOf(hpa),
      async accept(hpa, since) {
        await store.acceptNewNormal(hpa.id, since);
        detection.relearn(hpa);
      },
    },
    async stop() {
      await sender.stop();
      await close();
      await learning.close();
      await detection.stop();
    },
  };

  async function patched(id: string, patch: Parameters<Store['patchAnomaly']>[1]) {
    const anomaly = await store.patchAnomaly(id, patch);
    if (anomaly) detection.replace(anomaly);
    return anomaly;
  }
}

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
