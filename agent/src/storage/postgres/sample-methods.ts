import { DAY } from '../../core/clock.ts';
import { changesOf } from '../hpa-changes.ts';
import { UNKNOWN_SPEC } from '../spec-changes.ts';
import type { SampleBatch, SampleStore } from '../store.ts';
import type { AnomalyParts } from './anomaly-parts.ts';
import { clusterMethods } from './clusters.ts';
import { counts } from './counts.ts';
import type { PostgresDatabase } from './database.ts';
import { openGaps } from './gaps.ts';
import { clustersIn, type HpaClusters } from './hpa-clusters.ts';
import { listHpas } from './hpa-list.ts';
import { daysOf, rowsOf } from './hpa-rows.ts';
import { countByCluster, enrol, findHpa, hpasOfCluster, patchHpa, purgeHpa, saveDiscovered, stopHpa } from './hpas.ts';
import type { Partitions } from './partitions.ts';
import { dueBackfills, saveBaseline } from './progress.ts';
import { retentionPass } from './retention-pass.ts';
import type { KnownClusters } from './scan-states.ts';
import { revisionsBefore, revisionsIn, rolloutsOf } from './revisions.ts';
import { countPoints, readSeries } from './series.ts';
import { specsOver } from './specs.ts';
import { writeBatch } from './write-samples.ts';

export type SampleDeps = {
  database: PostgresDatabase;
  clusters: HpaClusters;
  partitions: Partitions;
  anomalies: AnomalyParts;
};

/** The part of Store about clusters, HPAs and their samples. */
export function sampleMethods({ database, clusters, partitions, anomalies }: SampleDeps): SampleStore {
  const { read, snapshot, write } = database;
  const retain = retentionPass({ database, partitions, anomalies, elapsed: () => performance.now() });
  const known: KnownClusters = new Map();
  const clusterOf = async (hpaId: number) => clustersIn(await clusters.of([hpaId]));

  return {
    ...clusterMethods(database),

    enrol: (keys, now) =>
      write([...new Set(keys.map(({ cluster }) => cluster))].sort(), 'person', (sql) => enrol(sql, keys, now)),
    findHpa: (key) => read((sql) => findHpa(sql, key)),
    hpasOfCluster: (cluster) => read((sql) => hpasOfCluster(sql, cluster)),
    listHpas: (filter) => snapshot((sql) => listHpas(sql, filter)),
    patchHpa: async (id, patch) => write(await clusterOf(id), 'person', (sql) => patchHpa(sql, id, patch)),
    removeHpa: async (id, { purge }) =>
      write(await clusterOf(id), 'person', async (sql) => {
        if (!purge) {
          await anomalies.endAnomalies(sql, id);
          return stopHpa(sql, id);
        }
        await anomalies.forgetAnomalies(sql, id);
        await purgeHpa(sql, id, DAY);
      }),
    saveDiscovered: (cluster, seen) => write([cluster], 'agent', (sql) => saveDiscovered(sql, cluster, seen)),
    countByCluster: () => read(countByCluster),

    saveBaseline: async (updates) => {
      const concerned = clustersIn(await clusters.of(updates.map(({ hpaId }) => hpaId)));
      // Collecting moves it on; only a person has it begin anew.
      const by = updates.every(({ status }) => status.state === 'queued') ? 'person' : 'agent';
      await write(concerned, by, (sql) => saveBaseline(sql, updates));
    },
    dueBackfills: (cluster, now) => read((sql) => dueBackfills(sql, cluster, now)),

    async writeSamples(batch) {
      const { samples, ...rest } = batch;
      const byHpa = await clusters.of(mentioned(batch));
      const rows = rowsOf(samples, byHpa);
      const run = () => write(clustersIn(byHpa), 'agent', (sql) => writeBatch(sql, { ...rest, rows }, byHpa, known));
      return { rows: await partitions.during(daysOf(rows), run) };
    },
    readSeries: async (hpaId, query) => (await snapshot((sql) => readSeries(sql, [hpaId], query))).get(hpaId) ?? [],
    readSeriesOf: (hpaIds, query) => snapshot((sql) => readSeries(sql, hpaIds, query)),
    countPoints: (hpaId, window) => snapshot((sql) => countPoints(sql, hpaId, window)),
    changesOf: (hpaId, { from, to }) =>
      snapshot(async (sql) => {
        const specs = (await specsOver(sql, [{ hpaId, from: from - 1, to }])).get(hpaId) ?? [];
        return changesOf({
          before: specs.findLast(({ ts }) => ts < from)?.spec ?? UNKNOWN_SPEC,
          specs: specs.filter(({ ts }) => ts >= from),
          revisionsBefore: await revisionsBefore(sql, hpaId, from),
          revisions: await revisionsIn(sql, hpaId, from, to),
        });
      }),
    rolloutsOf: (cluster, { from, to }) => read((sql) => rolloutsOf(sql, cluster, from, to)),
    openGaps: (cluster) => read((sql) => openGaps(sql, cluster)),

    counts: () => snapshot(counts),
    retain: (policy, now) => retain(policy, now),
    /** A server looks after its own files; what it finds it tells by refusing to answer. */
    check: () => read(async (sql) => (await sql.rows('SELECT 1'), [])),
    close: () => database.close(),
  };
}

/** All HPAs that a batch says anything about. */
function* mentioned(batch: SampleBatch): Generator<number> {
  const { samples, revisions = [], cursors = [], openGaps: opened = [], closeGaps = [] } = batch;
  for (const list of [samples, revisions, cursors, opened, closeGaps]) for (const { hpaId } of list) yield hpaId;
}
