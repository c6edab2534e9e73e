import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AgentEvent } from '../contract/events.ts';
import { DAY, MINUTE } from '../core/clock.ts';
import { createEventBus } from '../core/events.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import { healthy } from '../detect/hpa-story.fixture.ts';
import { explain } from '../detect/explain.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { QUEUED_BASELINE } from '../domain/baseline.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import type { Sample } from '../domain/sample.ts';
import { openSqliteStore } from '../storage/sqlite/sqlite-store.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { Detection, type DetectionDeps } from './detection.ts';

export const CLUSTER = 'prod';

/** Minute `i` after `start`; `what`: how it departs from the usual. */
export const maxedOut: Partial<Sample> = {
  replicasCurrent: 12,
  replicasDesired: 12,
  replicasReady: 12,
  pressure: 1.6,
  scalingLimited: 1,
};

export type DetectionRig = {
  clock: FakeClock;
  store: Store;
  hpas: StoredHpa[];
  events: AgentEvent[];
  detection: Detection;
  /** A detection that knows what the database knows: the agent was started again. */
  restart(): Detection;
  /** Minutes `from`..`to` after the start, as scanned; `gap`: minutes that are asked for later. */
  scanned(from: number, to: number, gap?: { from: number; to: number }): Promise<void>;
  /** The minutes of a gap came in. */
  filled(from: number, to: number): Promise<void>;
  past(): Promise<Anomaly[]>;
  /** What the receiver is told, in order: event and subject. */
  told(): Promise<string[]>;
  close(): Promise<void>;
};

export type RigOptions = {
  start: number;
  hpas?: number;
  receivers?: NotifyReceiver[];
  /** What differs in a minute of an HPA. */
  twist: (minute: number, hpa: number) => Partial<Sample> | null;
  /** In place of methods of the store. */
  store?: (store: Store) => Partial<Store>;
  deps?: Partial<DetectionDeps>;
};

/** Detection over a real database, without bands: HPAs that no baseline is known of are judged by the rules alone. */
export async function startDetectionRig(options: RigOptions): Promise<DetectionRig> {
  const { start, hpas: count = 1, receivers = [], twist } = options;
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-detection-'));
  const clock = new FakeClock(start);
  const store = await openSqliteStore({ path: join(dir, 'monitoring.db'), now: () => clock.now() });
  const keys = Array.from({ length: count }, (_, i) => ({ cluster: CLUSTER, namespace: 'shop', hpa: `h${i}` }));
  const hpas = (await store.enrol(keys, start)).map(({ hpa }) => hpa);
  await store.saveBaseline(hpas.map(({ id }) => ({ hpaId: id, status: { ...QUEUED_BASELINE, attempts: 1 } })));
  const bus = createEventBus();
  const events: AgentEvent[] = [];
  bus.subscribe((event) => events.push(event));

  const restart = () =>
    new Detection({
      store: { ...store, ...options.store?.(store) },
      clock,
      events: bus,
      logger: silentLogger,
      limits: { defaults: {}, namespaces: {}, hpas: {} },
      receivers,
      learn: () => Promise.reject(new Error('nothing is to be learned here')),
      minuteRetentionMs: 7 * DAY,
      notify: () => undefined,
      describeAt: (hpa, rollouts) => (_state, sample) => (finding, startedAt) =>
        explain(finding, startedAt, {
          key: hpa,
          target: { kind: 'Deployment', name: 'api' },
          timezone: 'UTC',
          sample,
          changes: rollouts.map((rollout) => ({ kind: 'rollout' as const, ...rollout })),
        }),
      ...options.deps,
    });

  const minutes = (hpa: number, from: number, to: number): Sample[] =>
    Array.from({ length: to - from + 1 }, (_, i) => from + i).flatMap((minute) => {
      const change = twist(minute, hpa);
      return change === null ? [] : [{ ...healthy(start + minute * MINUTE), ...change }];
    });
  const samplesOf = (from: number, to: number) =>
    hpas.map(({ id }, i) => ({ hpaId: id, samples: minutes(i, from, to) }));
  const gapsOf = (gap: { from: number; to: number }) =>
    hpas.map(({ id }) => ({ hpaId: id, from: start + gap.from * MINUTE, to: start + gap.to * MINUTE }));

  return {
    clock,
    store,
    hpas,
    events,
    detection: restart(),
    restart,
    async scanned(from, to, gap) {
      const now = start + to * MINUTE;
      clock.jump(now + 20_000 - clock.now());
      await store.writeSamples({
        now,
        isBaseline: false,
        samples: samplesOf(from, to),
        cursors: hpas.map(({ id }) => ({ hpaId: id, scannedUntil: now })),
        ...(gap ? { openGaps: gapsOf(gap) } : {}),
      });
    },
    async filled(from, to) {
      await store.writeSamples({
        now: clock.now(),
        isBaseline: false,
        samples: samplesOf(from, to),
        closeGaps: gapsOf({ from, to }),
      });
    },
    past: async () => (await store.listAnomalies({ limit: 500 })).items,
    async told() {
      const names = receivers.map(({ name }) => name);
      const due = await Promise.all(names.map((name) => store.dueNotifications(name, clock.now() + DAY, 100)));
      return due.flatMap(({ items }) => items.map(({ message }) => `${message.event} ${message.subject}`));
    },
    async close() {
      await store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
