import { SECOND } from '../../core/clock.ts';
import type { AnomalyBatch, AnomalyStore } from '../anomaly-store.ts';
import {
  anomalyCounts,
  endAnomalies,
  expireEnded,
  findAnomaly,
  forgetAnomalies,
  openAnomalies,
  patchAnomaly,
  saveAnomalies,
} from './anomalies.ts';
import { noteChanges } from './anomaly-changes.ts';
import { anomalyChanges, listAnomalies } from './anomaly-list.ts';
import type { AnomalyParts } from './anomaly-parts.ts';
import type { PostgresDatabase } from './database.ts';
import {
  acceptNewNormal,
  addExclusion,
  detectorStates,
  exclusionsOf,
  expireExclusions,
  saveDetectorState,
} from './detector-states.ts';
import { clustersIn, type HpaClusters } from './hpa-clusters.ts';
import { claimDue, keepReceivers, release, settle } from './notification-claims.ts';
import { activeNotifications, enqueue, expireMarks, notificationMarks } from './notifications.ts';

export type AnomalyDeps = {
  database: PostgresDatabase;
  clusters: HpaClusters;
  /** Names this agent among those that send. */
  holder: string;
};

/** Where nobody says for how long. */
const HOLD_MS = 30 * SECOND;

/** What happens to anomalies together with their HPAs. */
export const anomalyParts: AnomalyParts = {
  endAnomalies,
  forgetAnomalies,
  async expireAnomalies(sql, before, limit) {
    await expireExclusions(sql, before);
    // Marks after anomalies: one that still fires is needed.
    const anomalies = await expireEnded(sql, before, limit);
    return Math.max(anomalies, await expireMarks(sql, before, limit));
  },
};

/** The part of Store about what departs from the usual, and who was told. */
export function anomalyMethods({ database, clusters, holder }: AnomalyDeps): AnomalyStore {
  const { read, snapshot, write, transaction } = database;
  const clusterOf = async (hpaId: number) => clustersIn(await clusters.of([hpaId]));
  const concerned = async ({ anomalies, states = [], notifications = [] }: AnomalyBatch): Promise<string[]> => {
    const ids = [...anomalies, ...states].map(({ hpaId }) => hpaId);
    const names = [...(await clusters.of(ids)).values(), ...notifications.map(({ message }) => message.cluster)];
    return [...new Set(names)].sort();
  };

  return {
    saveAnomalies: async (batch) =>
      write(await concerned(batch), 'agent', async (sql) => {
        const notes = await saveAnomalies(sql, batch.anomalies);
        await saveDetectorState(sql, batch.states ?? []);
        const queued = await enqueue(sql, batch.notifications ?? []);
        await noteChanges(sql, notes);
        return { queued };
      }),
    openAnomalies: (cluster) => read((sql) => openAnomalies(sql, cluster)),
    findAnomaly: (id) => read((sql) => findAnomaly(sql, id)),
    listAnomalies: (filter) => snapshot((sql) => listAnomalies(sql, filter)),
    anomalyChanges: (filter, since) => snapshot((sql) => anomalyChanges(sql, filter, since)),
    async patchAnomaly(id, patch) {
      const found = await read((sql) => findAnomaly(sql, id));
      return found && write([found.key.cluster], 'person', (sql) => patchAnomaly(sql, id, patch));
    },
    anomalyCounts: () => read(anomalyCounts),

    saveDetectorState: async (states) =>
      write(await concerned({ anomalies: [], states }), 'agent', (sql) => saveDetectorState(sql, states)),
    detectorStates: (cluster) => read((sql) => detectorStates(sql, cluster)),
    addExclusion: async (hpaId, from, to) =>
      write(await clusterOf(hpaId), 'person', (sql) => addExclusion(sql, hpaId, from, to)),
    exclusionsOf: (hpaId) => snapshot((sql) => exclusionsOf(sql, hpaId)),
    acceptNewNormal: async (hpaId, since) =>
      write(await clusterOf(hpaId), 'person', (sql) => acceptNewNormal(sql, hpaId, since)),

    // A person removed a cluster, so that nobody owns it any more: whoever was asked tells the end of what fired.
    enqueueNotifications: async (notifications) =>
      write(await concerned({ anomalies: [], notifications }), 'person', async (sql) => ({
        queued: await enqueue(sql, notifications),
      })),
    // Who sends is no matter of who owns a cluster: out of turn, and each by its claim.
    dueNotifications: (receiver, now, limit, holdMs = HOLD_MS) =>
      transaction((sql) => claimDue(sql, holder, { receiver, now, limit, holdMs })),
    settleNotification: (id, outcome) => transaction((sql) => settle(sql, holder, id, outcome)),
    releaseNotifications: (receiver) => transaction((sql) => release(sql, holder, receiver)),
    notificationMarks: (cluster, since) => read((sql) => notificationMarks(sql, cluster, since)),
    activeNotifications: (receiver) => read((sql) => activeNotifications(sql, receiver)),
    keepReceivers: (names) => transaction(async (sql) => ({ dropped: await keepReceivers(sql, holder, names) })),
  };
}
