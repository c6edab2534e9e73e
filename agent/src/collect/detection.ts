import { HOUR, MINUTE, type Clock } from '../core/clock.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import { limitsFor, type LimitSettings } from '../detect/limits.ts';
import type { Transition } from '../detect/lifecycle.ts';
import type { Anomaly } from '../domain/anomaly.ts';
import type { NotifyReceiver } from '../domain/notify-settings.ts';
import type { HpaProfile } from '../domain/profile.ts';
import { hpaId, type HpaKey } from '../domain/hpa.ts';
import { emptySample } from '../domain/sample.ts';
import type { Store, StoredHpa } from '../storage/store.ts';
import { saveAndQueue, tellClusterClosed } from './anomaly-outbox.ts';
import { joinClusterEvents } from './cluster-groups.ts';
import { keepStates, loadStates, endOf, unknownHpa, type Watched, type WatchedHpas } from './detection-memory.ts';
import { heldEachMinute } from './held-samples.ts';
import { answeredMinutes, isTelling, judgeHpa, warmedUp, withEmptyMinutes, type JudgeContext } from './judge-hpa.ts';
import { tellAnomaly } from './tell-anomaly.ts';
import { learnDue } from './learn-profiles.ts';

export type DetectionDeps = {
  store: Pick<
    Store,
    | 'hpasOfCluster'
    | 'readSeries'
    | 'readSeriesOf'
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
  limits: LimitSettings;
  receivers: readonly NotifyReceiver[];
  describeAt(hpa: StoredHpa): JudgeContext['describeAt'];
  /** There may be something to send. */
  notify: () => void;
};

/** Profiles learned after one scan at most, so that a large cluster does not learn all at once. */
type Judged = [StoredHpa, Transition[]];

/** Long enough to know whether the load moves slowly or jumped. */
const WARM_UP_MS = 12 * HOUR;
const WARM_UP_STEP_MS = 5 * MINUTE;

/** Judges what scans brought, cluster by cluster: profiles, detectors, lifecycle, notification, in the order of sample time. */
export class Detection {
  readonly #deps: DetectionDeps;
  readonly #clusters = new Map<string, WatchedHpas>();
  readonly #loading = new Map<string, Promise<WatchedHpas>>();
  readonly #firing = new Map<string, Anomaly>();
  /** HPAs, by hpaId(), whose profile is out of date. */
  readonly #stale = new Set<string>();

  constructor(deps: DetectionDeps) {
    this.#deps = deps;
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
    return known === undefined || known.learnedAt === null ? null : known.profile;
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
    this.#clusters.delete(cluster);
    this.#loading.delete(cluster);
    for (const [id, { key }] of this.#firing) if (key.cluster === cluster) this.#firing.delete(id);
    await tellClusterClosed(this.#deps, cluster);
  }

  /** Judges every minute that came in since the last call. */
  async afterScan(cluster: string): Promise<void> {
    const { store, clock } = this.#deps;
    const enrolled = await store.hpasOfCluster(cluster);
    const watched = await this.#watched(cluster);
    this.#dropOthers(enrolled, watched);
    const ended = enrolled.filter((hpa) => !isWatched(hpa)).map((hpa): Judged => [hpa, endOf(watched.get(hpa.id))]);
    // Before its history was tried, nobody knows what is usual: those minutes wait.
    const ready = enrolled.filter((hpa) => isWatched(hpa) && hpa.scannedUntil !== null && hpa.baseline.attempts > 0);
    const judged = [...ended, ...(await this.#judgeAll(ready, watched))];
    const grouped = joinClusterEvents(cluster, watched, enrolled.length);
    await this.#save(cluster, enrolled, watched, [...judged.flatMap(([, transitions]) => transitions), ...grouped]);
    await keepStates(store, judged, watched, clock.now());
  }

  /** Writes what is known of every HPA, for a restart without replay. */
  async stop(): Promise<void> {
    const now = this.#deps.clock.now();
    const all = [...this.#clusters.values()].flatMap((watched) => [...watched]);
    if (all.length > 0)
      await this.#deps.store.saveDetectorState(
        all.map(([hpaId, { state }]) => ({ hpaId, state: JSON.stringify(state), updatedAt: now })),
      );
  }

  async #judgeAll(hpas: readonly StoredHpa[], watched: WatchedHpas): Promise<Judged[]> {
    if (hpas.length === 0) return [];
    const { store, clock } = this.#deps;
    for (const hpa of hpas) {
      if (!watched.has(hpa.id)) watched.set(hpa.id, unknownHpa());
      const entry = watched.get(hpa.id);
      if (entry && this.#stale.delete(hpaId(hpa))) entry.learnedAt = null;
    }
    await learnDue(store, hpas, watched, clock.now());
    for (const hpa of hpas) await this.#warmUp(hpa, watched);
    const from = Math.min(...hpas.map((hpa) => this.#judgedUntil(hpa, watched) + MINUTE));
    const to = Math.max(...hpas.map(({ scannedUntil }) => scannedUntil ?? 0));
    if (from > to) return [];
    const rows = await store.readSeriesOf(
      hpas.map(({ id }) => id),
      { from, to },
    );
    const answered = answeredMinutes([...rows.values()]);
    return hpas.map((hpa): Judged => [hpa, this.#judge(hpa, watched, rows.get(hpa.id) ?? [], answered)]);
  }

  /** Before its first minute an HPA's judge looks at the hours before, as they were backfilled. */
  async #warmUp(hpa: StoredHpa, all: WatchedHpas): Promise<void> {
    const watched = all.get(hpa.id);
    if (!watched || watched.state.judge.at !== null) return;
    const end = hpa.enrolledAt - HOUR;
    const rows = await this.#deps.store.readSeries(hpa.id, { from: end - WARM_UP_MS, to: end });
    const limits = limitsFor(hpa, this.#deps.limits);
    watched.state = {
      ...watched.state,
      judge: warmedUp(heldEachMinute(rows, WARM_UP_STEP_MS), watched.profile, limits),
    };
  }

  #judgedUntil({ id, enrolledAt }: StoredHpa, watched: ReadonlyMap<number, Watched>): number {
    return watched.get(id)?.state.judge.at ?? enrolledAt - HOUR;
  }

  #judge(
    hpa: StoredHpa,
    all: WatchedHpas,
    rows: Parameters<typeof withEmptyMinutes>[0],
    answered: readonly number[],
  ): Transition[] {
    const watched = all.get(hpa.id);
    if (!watched) return [];
    const after = this.#judgedUntil(hpa, all);
    const samples = withEmptyMinutes(
      rows,
      answered.filter((ts) => ts > after && ts <= (hpa.scannedUntil ?? 0)),
      emptySample,
    );
    const key = keyOf(hpa);
    const limits = limitsFor(key, this.#deps.limits);
    const describeAt = this.#deps.describeAt(hpa);
    const judged = judgeHpa(watched.state, samples, watched.profile, { hpaId: hpa.id, key, limits, describeAt });
    watched.state = judged.state;
    return judged.transitions;
  }

  /** One transaction: the anomalies and what has to be told of them. */
  async #save(
    cluster: string,
    hpas: readonly StoredHpa[],
    watched: WatchedHpas,
    transitions: readonly Transition[],
  ): Promise<void> {
    const current = new Map(
      [...watched.values()].flatMap(({ state }) => state.anomalies.map((anomaly) => [anomaly.id, anomaly] as const)),
    );
    const touched = new Map(
      transitions
        .filter(({ anomaly }) => anomaly.state !== 'pending')
        .map(({ anomaly }) => [anomaly.id, current.get(anomaly.id) ?? anomaly]),
    );
    const open = [...current.values()].filter(({ state }) => state === 'firing');
    await saveAndQueue(this.#deps, { cluster, hpas, touched: [...touched.values()], open });
    for (const anomaly of touched.values()) this.#note(anomaly);
    for (const transition of transitions) if (isTelling(transition)) tellAnomaly(this.#deps, transition);
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
    const loading = loadStates(this.#deps.store, cluster, this.#deps.clock.now()).then((loaded) => {
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

const keyOf = ({ cluster, namespace, hpa }: StoredHpa): HpaKey => ({ cluster, namespace, hpa });

/** Neither paused nor gone from its cluster: of what is gone the history is kept, and no alarm. */
const isWatched = ({ active, goneSince }: StoredHpa): boolean => active && goneSince === null;
