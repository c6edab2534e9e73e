import type { Clock } from '../core/clock.ts';
import { AgentError, toAgentError } from '../core/errors.ts';
import type { EventBus } from '../core/events.ts';
import type { Logger } from '../core/logger.ts';
import { assertHpaKey, hpaId, type HpaKey } from '../domain/hpa.ts';
import type { HpaPatch, Store, StoredHpa } from '../storage/store.ts';
import type { Discovery } from './collector.ts';
import type { Fleet } from './fleet.ts';

export type EnrolResult = {
  /** With the canonical name of the cluster. */
  key: HpaKey;
  outcome: 'created' | 'existing' | 'failed';
  hasBaseline: boolean;
  collectionStarted: boolean;
  /** Epoch ms; null where nothing is being collected. */
  estimatedCompletion: number | null;
  error?: AgentError;
};

export type EnrolmentDeps = {
  store: Pick<Store, 'enrol' | 'findHpa' | 'patchHpa' | 'removeHpa' | 'saveBaseline'>;
  fleet: Pick<Fleet, 'findOrAdd' | 'find' | 'get'>;
  clock: Clock;
  events: EventBus;
  logger: Logger;
  discover(cluster: string): Promise<Discovery>;
  /** Something is due in this cluster: collect it. */
  kick(cluster: string): void;
  /** What is usual has to be learned anew. */
  relearn(key: HpaKey): void;
  /** When the history of an HPA that was queued just now will be there, epoch ms. */
  estimate(cluster: string): Promise<number>;
};

/** What people do to the list of watched HPAs. Every method takes any name of a cluster and answers the canonical one. */
export class Enrolment {
  readonly #deps: EnrolmentDeps;

  constructor(deps: EnrolmentDeps) {
    this.#deps = deps;
  }

  /** Enrols each; one that cannot be enrolled is a result, not an exception. Answers in the order asked. */
  async enrol(keys: readonly HpaKey[]): Promise<EnrolResult[]> {
    const resolved = new Map<string, { key: HpaKey } | { error: AgentError }>();
    for (const key of keys) resolved.set(hpaId(key), await this.#resolve(key));
    const wanted = [...resolved.values()].flatMap((entry) => ('key' in entry ? [entry.key] : []));
    const unique = [...new Map(wanted.map((key) => [hpaId(key), key])).values()];
    const stored = unique.length === 0 ? [] : await this.#deps.store.enrol(unique, this.#deps.clock.now());
    const results = new Map(
      await Promise.all(stored.map(async (entry) => [hpaId(entry.hpa), await this.#announce(entry)] as const)),
    );
    return keys.map((key) => {
      const entry = resolved.get(hpaId(key));
      const found = entry && 'key' in entry ? results.get(hpaId(entry.key)) : undefined;
      return (
        found ??
        failed(
          key,
          entry && 'error' in entry ? entry.error : new AgentError('agent/internal', 'The HPA could not be enrolled'),
        )
      );
    });
  }

  /** Enrols every HPA that the cluster (or one namespace of it) shows. @throws AgentError when the cluster cannot be asked */
  async enrolAll(cluster: string, namespace?: string): Promise<EnrolResult[]> {
    const { name } = await this.#deps.fleet.findOrAdd(cluster);
    const { hpas } = await this.#deps.discover(name);
    const chosen = hpas.filter((found) => namespace === undefined || found.namespace === namespace);
    return this.enrol(chosen.map((found) => ({ cluster: name, namespace: found.namespace, hpa: found.hpa })));
  }

  async patch(key: HpaKey, patch: HpaPatch): Promise<void> {
    const before = await this.find(key);
    const after = await this.#deps.store.patchHpa(before.id, patch);
    if (before.timezone !== after.timezone) this.#deps.relearn(after);
    if (before.active !== after.active) this.#tell(after, after.active ? 'resumed' : 'paused');
  }

  async stop(key: HpaKey, { purge }: { purge: boolean }): Promise<void> {
    const hpa = await this.find(key);
    await this.#deps.store.removeHpa(hpa.id, { purge });
    this.#tell(hpa, 'stopped');
  }

  /** Collects the history again, from now. */
  async backfill(key: HpaKey): Promise<{ started: boolean; estimatedCompletion: number | null }> {
    const hpa = await this.find(key);
    if (hpa.baseline.state !== 'queued' && hpa.baseline.state !== 'running') {
      const status = {
        ...hpa.baseline,
        state: 'queued' as const,
        progress: 0,
        windowEnd: null,
        nextAttemptAt: null,
        reason: null,
      };
      await this.#deps.store.saveBaseline([{ hpaId: hpa.id, status }]);
      hpa.baseline = status;
    }
    const { collectionStarted, estimatedCompletion } = await this.#result(hpa, 'existing');
    return { started: collectionStarted, estimatedCompletion };
  }

  /** @throws AgentError `hpa/invalid-name`, `hpa/not-enrolled` */
  async find(key: HpaKey): Promise<StoredHpa> {
    assertHpaKey(key);
    const cluster = this.#deps.fleet.find(key.cluster)?.name ?? key.cluster;
    const hpa = await this.#deps.store.findHpa({ ...key, cluster });
    if (hpa) return hpa;
    throw new AgentError('hpa/not-enrolled', `${key.namespace}/${key.hpa} in ${cluster} is not enrolled`, {
      details: { ...key, cluster },
    });
  }

  async #resolve(key: HpaKey): Promise<{ key: HpaKey } | { error: AgentError }> {
    try {
      assertHpaKey(key);
      const { name } = await this.#deps.fleet.findOrAdd(key.cluster);
      return { key: { ...key, cluster: name } };
    } catch (error) {
      return { error: toAgentError(error) };
    }
  }

  async #announce({ hpa, created }: { hpa: StoredHpa; created: boolean }): Promise<EnrolResult> {
    if (created) this.#tell(hpa, 'enrolled');
    return this.#result(hpa, created ? 'created' : 'existing');
  }

  async #result(hpa: StoredHpa, outcome: 'created' | 'existing'): Promise<EnrolResult> {
    const { cluster, namespace, hpa: name, baseline } = hpa;
    const collecting = baseline.state === 'queued' || baseline.state === 'running';
    if (collecting) this.#deps.kick(cluster);
    return {
      key: { cluster, namespace, hpa: name },
      outcome,
      hasBaseline: baseline.readyAt !== null,
      collectionStarted: collecting,
      estimatedCompletion: collecting ? await this.#deps.estimate(cluster) : null,
    };
  }

  #tell({ cluster, namespace, hpa }: HpaKey, change: 'enrolled' | 'paused' | 'resumed' | 'stopped'): void {
    this.#deps.logger.info({ cluster, namespace, hpa }, `HPA ${change}`);
    this.#deps.events.publish({
      type: 'hpa',
      at: new Date(this.#deps.clock.now()).toISOString(),
      cluster,
      namespace,
      hpa,
      change,
    });
  }
}

const failed = (key: HpaKey, error: AgentError): EnrolResult => ({
  key,
  outcome: 'failed',
  hasBaseline: false,
  collectionStarted: false,
  estimatedCompletion: null,
  error,
});
