import pLimit from 'p-limit';
import type { Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import { wasTried } from '../domain/baseline.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import type { HpaProfile } from '../domain/profile.ts';
import { hpaId, type HpaKey } from '../domain/hpa.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { saveAndQueue, tellClusterClosed } from './anomaly-outbox.ts';
import { joinClusterEvents } from './cluster-groups.ts';
import {
  commit,
  draftOf,
  endOf,
  isWatched,
  loadStates,
  statesToKeep,
  touchedBy,
  type WatchedHpas,
} from './detection-memory.ts';
import { isTelling } from './judge-hpa.ts';
import { judgeRange, type JudgingDeps, type ToJudge } from './judging-pass.ts';
import { createJudgingPlan } from './judging-plan.ts';
import type { JudgingRange } from './judging-span.ts';
import { keepAsTimeAllows, keepStates } from './keep-states.ts';
import { learnAll } from './learn-all.ts';
import { awaitsProfile } from './learn-profiles.ts';
import type { Learn } from './learning-thread.ts';
import { unpackProfile } from './packed-profile.ts';
import { tellAnomaly } from './tell-anomaly.ts';
import { Untold } from './untold.ts';

export type DetectionDeps = Pick<JudgingDeps, 'limits' | 'describeAt'> & {
  store: Pick<
    Store,
    | 'hpasOfCluster'
    | 'readSeries'
    | 'readSeriesOf'
    | 'rolloutsOf'
    | 'openGaps'
    | 'openAnomalies'
    | 'listAnomalies'
    | 'saveAnomalies'
    | 'saveDetectorState'
    | 'detectorStates'
    | 'exclusionsOf'
    | 'notificationMarks'
    | 'enqueueNotifications'
  >;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  receivers: readonly NotifyReceiver[];
  learn: Learn;
  /** How long a row a minute is kept, ms: older ones are too far apart to be judged. */
  minuteRetentionMs: number;
  /** There may be something to send. */
  notify: () => void;
};

/** Judges what scans brought, cluster by cluster: profiles, detectors, lifecycle, notification, in the order of sample time. */
export class Detection {
  readonly #deps: DetectionDeps;
  readonly #clusters = new Map<string, WatchedHpas>();
  readonly #loading = new Map<string, Promise<WatchedHpas>>();
  /** What is stored of a hundred HPAs is 2 MB of text: the clusters of a slot are loaded one after another. */
  readonly #oneLoads = pLimit(1);
  readonly #firing = new Map<string, Anomaly>();
  /** HPAs, by hpaId(), whose profile is out of date. */
  readonly #stale = new Set<string>();
  readonly #plan: ReturnType<typeof createJudgingPlan>;
  readonly #untold = new Untold();
  /** Clusters that are about to be watched by another agent. */
  readonly #leaving = new Set<string>();
  #halted = false;

  constructor(deps: DetectionDeps) {
    this.#deps = deps;
    this.#plan = createJudgingPlan(deps);
  }

  /** What fires is known from the first request on, before any scan. */
  async start(): Promise<void> {
    for (const anomaly of await this.#deps.store.openAnomalies()) this.#note(anomaly);
  }

  firing(): Anomaly[] {
    return [...this.#firing.values()];
  }

  /** What was learned of an HPA; null: nothing yet. */
  async profileOf({ id, cluster }: Pick<StoredHpa, 'id' | 'cluster'>): Promise<HpaProfile | null> {
    const known = (await this.#watched(cluster)).get(id);
    return known === undefined || known.learnedAt === null ? null : unpackProfile(known.profile);
  }

  /** A person acknowledged or excluded: from here on the driver's copy says so too. */
  replace(anomaly: Anomaly): void {
    this.#note(anomaly);
    const watched = this.#clusters.get(anomaly.key.cluster)?.get(anomaly.hpaId);
    if (!watched) return;
    const { state } = watched;
    watched.state = {
      ...state,
      anomalies: state.anomalies.map((known) =>
        known.id === anomaly.id
          ? { ...known, acknowledgedAt: anomaly.acknowledgedAt, excluded: anomaly.excluded }
          : known,
      ),
    };
  }

  /** What is usual is learned anew after the next scan: an exclusion, a new normal, another time zone, a new history. */
  relearn(key: HpaKey): void {
    this.#stale.add(hpaId(key));
  }

  /** A cluster is watched no longer: who heard of its anomalies hears of their end. */
  async closeCluster(cluster: string): Promise<void> {
    this.#forget(cluster);
    await tellClusterClosed(this.#deps, cluster);
  }

  /** Judging it ends with the piece that is under way, until `handOver`. */
  letGo(cluster: string): void {
    this.#leaving.add(cluster);
  }

  /** Another agent watches a cluster from now on: nobody is told anything. `isOurs`: what is known is written for that one. */
  async handOver(cluster: string, isOurs: boolean): Promise<void> {
    const watched = this.#clusters.get(cluster);
    this.#forget(cluster);
    this.#leaving.delete(cluster);
    if (isOurs && watched) await keepStates(this.#deps.store, watched, this.#deps.clock.now());
  }

  #forget(cluster: string): void {
    this.#clusters.delete(cluster);
    this.#loading.delete(cluster);
    this.#plan.forget(cluster);
    this.#untold.forget(cluster);
    for (const [id, { key }] of this.#firing) if (key.cluster === cluster) this.#firing.delete(id);
  }

  /**
   * Judges every minute that came in since the last call, in the order of time, an hour at most at once; each piece is saved before it
   * counts, so that a piece that could not be saved is judged again next time. What was over before the last piece is history: people
   * are told of what is on at its end.
   */
  async afterScan(cluster: string): Promise<void> {
    const { store } = this.#deps;
    const enrolled = await store.hpasOfCluster(cluster);
    const watched = await this.#watched(cluster);
    this.#dropOthers(enrolled, watched);
    // Until its history was tried those minutes wait.
    const ready = enrolled.filter((hpa) => isWatched(hpa) && hpa.scannedUntil !== null && wasTried(hpa.baseline));
    const learned = await learnAll({ ...this.#deps, isHalted: () => this.#halted }, ready, watched, this.#stale);
    // Judged without bands, an HPA's first hour would show half of it: it waits for its turn to be learned.
    const known = learned ? ready.filter((hpa) => !awaitsProfile(hpa, watched.get(hpa.id))) : ready;
    const { toJudge, ranges, isWaiting } = await this.#plan.plan(cluster, known, watched);
    for (const [i, range] of (ranges.length > 0 ? ranges : [null]).entries()) {
      const isLast = i >= ranges.length - 1 && !isWaiting;
      const went = await this.#pass({ cluster, enrolled, watched, toJudge, range, isLast });
      if (!went) return;
    }
  }

  /** Nothing more is judged: the agent is about to stop. What is not saved yet is judged after the next start. */
  halt(): void {
    this.#halted = true;
  }

  /** Writes what is known of the HPAs, for a restart without replay, as far as there is time for it. */
  async stop(): Promise<void> {
    this.#halted = true;
    const { store, clock } = this.#deps;
    await keepAsTimeAllows(store, this.#clusters.values(), clock.now(), () => performance.now());
  }

  /** One range judged and saved; only then it counts. false: there is nothing more to do. */
  async #pass({ cluster, enrolled, watched, toJudge, range, isLast }: CurrentPass): Promise<boolean> {
    const { clock } = this.#deps;
    const draft = draftOf(watched);
    const judging = { ...this.#deps, isHalted: () => this.#halted || this.#leaving.has(cluster) };
    const judged = range === null ? [] : await judgeRange(judging, cluster, toJudge, range, draft);
    if (judged === null) return false;
    const ended = enrolled.filter((hpa) => !isWatched(hpa)).flatMap(({ id }) => endOf(draft.get(id)));
    const transitions = joinClusterEvents(cluster, draft, enrolled.length, [...ended, ...judged]);
    const touched = touchedBy(transitions, draft);
    const open = [...draft.values()].flatMap(({ state }) => state.anomalies.filter(({ state: is }) => is === 'firing'));
    const over = [...this.#untold.ended(cluster), ...touched].filter(({ state }) => state === 'resolved');
    const states = await statesToKeep(transitions, draft, clock.now());
    const tell = isLast ? { open, ended: over } : null;
    await saveAndQueue(this.#deps, { cluster, hpas: enrolled, touched, states, tell });
    // Removed meanwhile: the database has ended what was open.
    if (this.#clusters.get(cluster) !== watched) return false;
    commit(watched, draft);
    for (const anomaly of touched) this.#note(anomaly);
    this.#untold.add(cluster, transitions.filter(isTelling));
    if (isLast) for (const transition of this.#untold.take(cluster)) tellAnomaly(this.#deps, transition);
    return true;
  }

  /** HPAs that are no longer enrolled. */
  #dropOthers(enrolled: readonly StoredHpa[], watched: WatchedHpas): void {
    const ids = new Set(enrolled.map(({ id }) => id));
    for (const [id, { state }] of watched) {
      if (ids.has(id)) continue;
      watched.delete(id);
      for (const anomaly of state.anomalies) this.#firing.delete(anomaly.id);
    }
  }

  /** Loaded once, whoever asks first. */
  #watched(cluster: string): Promise<WatchedHpas> {
    const known = this.#loading.get(cluster);
    if (known) return known;
    const { store, clock } = this.#deps;
    const loading = this.#oneLoads(() => loadStates(store, cluster, clock.now())).then((loaded) => {
      this.#clusters.set(cluster, loaded);
      return loaded;
    });
    loading.catch(() => this.#loading.delete(cluster));
    this.#loading.set(cluster, loading);
    return loading;
  }

  #note(anomaly: Anomaly): void {
    if (anomaly.state === 'firing') this.#firing.set(anomaly.id, anomaly);
    else this.#firing.delete(anomaly.id);
  }
}

type CurrentPass = {
  cluster: string;
  enrolled: readonly StoredHpa[];
  watched: WatchedHpas;
  toJudge: readonly ToJudge[];
  /** null: no new minute; a mute or a cooldown may have ended all the same. */
  range: JudgingRange | null;
  isLast: boolean;
};
