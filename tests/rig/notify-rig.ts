import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MINUTE, systemClock } from '../../agent/src/core/clock.ts';
import { createLogger } from '../../agent/src/core/logger.ts';
import type { Anomaly } from '../../agent/src/domain/anomaly.ts';
import type { NotifyReceiver } from '../../agent/src/domain/notify-settings.ts';
import { marksSince, planNotifications } from '../../agent/src/notify/decide.ts';
import { createPost } from '../../agent/src/notify/post.ts';
import { startSender, type Sender } from '../../agent/src/notify/sender.ts';
import { openSqliteStore } from '../../agent/src/storage/sqlite/sqlite-store.ts';
import type { Store } from '../../agent/src/storage/store.ts';
import { startHttpReceiver, type HttpReceiver } from './http-receiver.ts';

/** HPAs that depart in these tests, an anomaly each. */
export const HPAS = 5;

export type NotifyRig = {
  /** Lines of the log. */
  log: string[];
  /** Called at the end, last first. */
  onStop: (stop: () => Promise<unknown>) => void;
  receiver: (statusOf?: (n: number, body: string) => number | null) => Promise<HttpReceiver>;
  /** The database of this rig; may be closed and opened again. */
  openStore: () => Promise<Store>;
  /** A sender for which time runs `speed` times as fast from here on, so that backoff does not take long. */
  startSending: (store: Store, receivers: NotifyReceiver[], speed?: number) => Sender;
};

/** Real store, real sender, real HTTP, in a directory of its own. */
export async function withNotifyRig(run: (rig: NotifyRig) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'hpa-watch-notify-'));
  const stops: (() => Promise<unknown>)[] = [];
  const log: string[] = [];
  const logger = createLogger({ level: 'debug', pretty: false, destination: { write: (line) => log.push(line) } });
  const rig: NotifyRig = {
    log,
    onStop: (stop) => void stops.push(stop),
    async receiver(statusOf) {
      const http = await startHttpReceiver(statusOf);
      stops.push(() => http.stop());
      return http;
    },
    async openStore() {
      const store = await openSqliteStore({ path: join(directory, 'monitoring.db'), now: Date.now });
      stops.push(() => store.close());
      return store;
    },
    startSending(store, receivers, speed = 1) {
      const started = Date.now();
      const clock = {
        now: () => started + (Date.now() - started) * speed,
        after: (ms: number, fn: () => void) => systemClock.after(ms / speed, fn),
      };
      const http = createPost(clock.now);
      const sender = startSender({ queue: store, receivers, post: http.post, clock, random: () => 0.5, logger });
      stops.push(async () => {
        await sender.stop();
        await http.close();
      });
      return sender;
    },
  };
  try {
    await run(rig);
  } finally {
    for (const stop of stops.reverse()) await stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** What the agent does after each scan: decide by what was told, write both together, wake the sender. */
export async function pass(
  store: Store,
  receivers: NotifyReceiver[],
  changed: Anomaly[],
  sender?: Sender,
): Promise<number> {
  const now = Date.now();
  const open = new Map((await store.openAnomalies('prod')).map((anomaly) => [anomaly.id, anomaly]));
  for (const anomaly of changed) open.set(anomaly.id, anomaly);
  const notifications = planNotifications({
    cluster: 'prod',
    anomalies: [...open.values()],
    marks: await store.notificationMarks('prod', marksSince(receivers, now)),
    mutedUntil: new Map(),
    receivers,
    now,
  });
  const { queued } = await store.saveAnomalies({ anomalies: changed, notifications });
  sender?.kick();
  return queued;
}

/** An anomaly that fires for each of the HPAs, which are enrolled where they are not yet. */
export async function anomalies(store: Store, change: Partial<Anomaly> = {}): Promise<Anomaly[]> {
  const keys = Array.from({ length: HPAS }, (_, i) => ({ cluster: 'prod', namespace: 'payments', hpa: `api-${i}` }));
  const enrolled = await store.enrol(keys, Date.now());
  const startedAt = Math.floor(Date.now() / MINUTE) * MINUTE - 5 * MINUTE;
  return enrolled.map(({ hpa }, i) => ({
    id: `anomaly-${i}`,
    hpaId: hpa.id,
    key: { cluster: 'prod', namespace: 'payments', hpa: hpa.hpa },
    kind: 'maxed_out',
    severity: 'critical',
    state: 'firing',
    startedAt,
    firedAt: startedAt + 2 * MINUTE,
    lastSeenAt: startedAt + 4 * MINUTE,
    endedAt: null,
    metric: 'replicas',
    direction: 'over',
    observed: 12,
    band: null,
    score: 1.4,
    sentence: `Replicas of payments/${hpa.hpa} are at max (12) and the HPA is limited.`,
    advice: 'Raise maxReplicas.',
    promql: 'kube_horizontalpodautoscaler_status_current_replicas',
    parentId: null,
    clusterEventId: null,
    acknowledgedAt: null,
    excluded: false,
    ...change,
  }));
}
export const ended = (list: Anomaly[]): Anomaly[] =>
  list.map((anomaly) => ({ ...anomaly, state: 'resolved', endedAt: anomaly.startedAt + 5 * MINUTE }));

export async function eventually<T>(
  read: () => T | Promise<T>,
  wanted: (value: T) => boolean,
  withinMs = 15_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (wanted(value) || Date.now() > deadline) return value;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
