import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Sqlite from 'better-sqlite3';
import { DAY } from '../../../agent/src/core/clock.ts';
import { openSqliteStore } from '../../../agent/src/storage/sqlite/sqlite-store.ts';
import { eventually, startAgentProcess } from '../../rig/agent.ts';

export type Fleet = { hpas: number; clusters: number };
export type Answerer = { url: string; variants: number; stop(): Promise<void> };
export type ClusterAt = { name: string; prometheusUrl: string };

/** Learning takes a tenth of a second an HPA, once: more than this many are copies of the first. */
const MOST_LEARNED = 100;
const LEARN_WITHIN_MS = 8 * 60_000;
/** Prime to the length of a day, so that ages are spread evenly over it. */
const SPREAD_STEP_MS = 15_485_863;

/** The Prometheus servers of the fleet, in a process of their own. */
export async function startAnswerer({ hpas, clusters }: Fleet): Promise<Answerer> {
  const hpasPerCluster = hpas / clusters;
  const variants = Math.max(1, Math.min(4, clusters, Math.floor(MOST_LEARNED / hpasPerCluster)));
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('answers.ts', import.meta.url)), JSON.stringify({ variants, hpasPerCluster })],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return {
    url: line.toString().trim(),
    variants,
    async stop() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}

export const clusterNames = ({ clusters }: Pick<Fleet, 'clusters'>): string[] =>
  Array.from({ length: clusters }, (_, i) => `cluster-${String(i).padStart(3, '0')}`);

export const clustersAt = ({ url }: Pick<Answerer, 'url'>, names: readonly string[]): ClusterAt[] =>
  names.map((name, i) => ({ name, prometheusUrl: `${url}/${i}` }));

/**
 * A data directory as an agent leaves it that has watched this fleet for a while: every HPA with three days of history and a profile. An agent
 * makes it for a few clusters; the others are copies of these.
 */
export async function prepareDataDir(fleet: Fleet, answerer: Answerer, dataDir: string): Promise<void> {
  const names = clusterNames(fleet);
  const first = names.slice(0, answerer.variants);
  const agent = await startAgentProcess({
    dataDir,
    lanes: 'auto',
    slotDuration: '5s',
    clusters: clustersAt(answerer, first),
  });
  try {
    for (const cluster of first) {
      const { status, body } = await agent.api('POST', '/api/v1/monitoring/hpas', { cluster, all: true });
      if (status !== 200) throw new Error(`${cluster} could not be enrolled: ${JSON.stringify(body)}`);
    }
    const wanted = (fleet.hpas / fleet.clusters) * first.length;
    await eventually('every HPA has a profile', LEARN_WITHIN_MS, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const [learned] = agent.sql<{ n: number }>(
        `SELECT COUNT(*) AS n FROM detector_state WHERE profile IS NOT NULL AND json_extract(state, '$.judge.at') IS NOT NULL`,
      );
      return learned?.n === wanted ? true : null;
    });
  } finally {
    await agent.stop();
  }
  const db = new Sqlite(join(dataDir, 'monitoring.db'));
  db.pragma('synchronous = OFF');
  db.pragma('foreign_keys = OFF');
  db.exec(`UPDATE detector_state SET state = json_set(state, '$.anomalies', json('[]'));
    DELETE FROM anomaly; DELETE FROM notification; DELETE FROM notification_mark; DELETE FROM exclusion`);
  names.forEach((name, i) => {
    const original = names[i % answerer.variants];
    if (original !== undefined && original !== name) copyCluster(db, original, name);
  });
  // As of a fleet that has run for days: in each minute some are a day old and learned anew.
  db.exec(`UPDATE detector_state SET profile = json_set(profile, '$.learnedAt',
    json_extract(profile, '$.learnedAt') - (hpa_id * ${SPREAD_STEP_MS}) % ${DAY})`);
  db.exec(`UPDATE counter SET value = (SELECT COUNT(*) FROM stored_sample) WHERE name = 'samples';
    UPDATE counter SET value = (SELECT SUM(is_baseline) FROM stored_sample) WHERE name = 'baseline_samples'`);
  db.pragma('wal_checkpoint(TRUNCATE)');
  db.close();
  // As an agent leaves it that was stopped.
  const store = await openSqliteStore({ path: join(dataDir, 'monitoring.db'), now: Date.now, check: 'quick' });
  await store.close();
  // What it copied is on the disk before the agent that is measured starts.
  execFileSync('sync');
}

/** What is kept of each HPA, all of it keyed by its id. */
const OF_HPA = ['scan_state', 'sample', 'recent_sample', 'spec_change', 'revision_change', 'detector_state', 'gap'];

function copyCluster(db: Sqlite.Database, from: string, to: string): void {
  const columnsOf = (table: string) =>
    (db.pragma(`table_info(${table})`) as { name: string }[]).map(({ name }) => name);
  db.transaction(() => {
    const own = columnsOf('hpa').filter((name) => name !== 'id' && name !== 'cluster');
    db.prepare(
      `INSERT INTO hpa (cluster, ${own.join()}) SELECT ?, ${own.join()} FROM hpa WHERE cluster = ? AND enrolled = 1`,
    ).run(to, from);
    db.exec('CREATE TEMP TABLE twin (old INTEGER PRIMARY KEY, new INTEGER)');
    db.prepare(
      `INSERT INTO twin SELECT o.id, n.id FROM hpa o JOIN hpa n ON n.cluster = ? AND n.namespace = o.namespace AND n.name = o.name
       WHERE o.cluster = ?`,
    ).run(to, from);
    for (const table of OF_HPA) {
      const others = columnsOf(table).filter((name) => name !== 'hpa_id');
      db.exec(
        `INSERT INTO ${table} (hpa_id, ${others.join()})
         SELECT t.new, ${others.map((name) => `x.${name}`).join()} FROM twin t JOIN ${table} x ON x.hpa_id = t.old ORDER BY t.new`,
      );
    }
    db.exec('DROP TABLE twin');
  })();
}
