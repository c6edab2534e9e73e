import { Detection, type DetectionDeps } from '../../agent/src/collect/detection.ts';
import { createLearningThread } from '../../agent/src/collect/learning-thread.ts';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { createEventBus } from '../../agent/src/core/events.ts';
import { silentLogger } from '../../agent/src/core/logger.ts';
import { explain } from '../../agent/src/detect/explain.ts';
import type { Anomaly } from '../../agent/src/domain/anomaly.ts';
import type { NotifyReceiver } from '../../agent/src/domain/notify-settings.ts';
import type { StoredHpa } from '../../agent/src/storage/store.ts';
import { CLUSTER, noDeadline, startCollectRig, type CollectRig, type OpenStore } from './collect-rig.ts';

export type WatchingRig = {
  rig: CollectRig;
  detection: Detection;
  hpas: StoredHpa[];
  setNow(now: number): void;
  /** The clock stands at `now`: one scan, and what it brought is judged. */
  scanAt(now: number): Promise<void>;
  /** Everything that ever fired, oldest first. */
  anomalies(): Promise<Anomaly[]>;
  close(): Promise<void>;
};

export type WatchingOptions = {
  url: string;
  now: number;
  /** All that the cluster shows, where absent. */
  hpas?: readonly { namespace: string; hpa: string }[];
  receivers?: readonly NotifyReceiver[];
  /** Called with each new instant: for a stand-in that has a clock of its own. */
  onNow?: (now: number) => void;
  backfill?: boolean;
  /** Default: SQLite. */
  openStore?: OpenStore;
  /** Whether what was scanned can be judged now; always by default. */
  mayJudge?: () => boolean;
};

/** Detection as the agent makes it, with the limits that nobody changed. */
export const detectionOver = ({
  store,
  clock,
  learn,
  receivers = [],
}: Pick<DetectionDeps, 'store' | 'clock' | 'learn'> & { receivers?: readonly NotifyReceiver[] }): Detection =>
  new Detection({
    store,
    clock,
    events: createEventBus(),
    logger: silentLogger,
    limits: { defaults: {}, namespaces: {}, hpas: {} },
    receivers,
    learn,
    minuteRetentionMs: 7 * DAY,
    notify: () => undefined,
    describeAt: (hpa, rollouts) => (state, sample) => (finding, startedAt) =>
      explain(finding, startedAt, {
        key: hpa,
        target: hpa.target,
        timezone: 'UTC',
        sample,
        changes: [
          ...(state.changes ? [{ kind: 'config' as const, ...state.changes }] : []),
          ...rollouts.map((rollout) => ({ kind: 'rollout' as const, ...rollout })),
        ],
      }),
  });

/** Collecting and judging as the agent does, over a real store; the clock is set by hand. */
export async function startWatching(options: WatchingOptions): Promise<WatchingRig> {
  const { url, now, receivers = [], onNow = () => undefined, backfill = true, mayJudge = () => true } = options;
  const rig = await startCollectRig(url, now, {}, options.openStore);
  const learning = createLearningThread();
  const detection = detectionOver({ store: rig.store, clock: rig.clock, learn: learning.learn, receivers });
  onNow(now);
  const hpas = options.hpas ?? (await rig.collector.discover(rig.session)).hpas;
  const enrolled = await rig.enrol([...hpas], now - MINUTE);
  if (backfill) await rig.collector.backfill(rig.session, noDeadline());
  const setNow = (at: number): void => {
    rig.setNow(at);
    onNow(at);
  };
  return {
    rig,
    detection,
    hpas: enrolled,
    setNow,
    async scanAt(at) {
      setNow(at);
      const outcome = await rig.collector.scan(rig.session, noDeadline());
      if (outcome.result !== 'ok') throw outcome.error ?? new Error(outcome.result);
      if (mayJudge()) await detection.afterScan(CLUSTER);
    },
    async anomalies() {
      const { items } = await rig.store.listAnomalies({ cluster: CLUSTER, limit: 500 });
      return items.reverse();
    },
    async close() {
      await learning.close();
      await rig.close();
    },
  };
}
