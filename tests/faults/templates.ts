import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { DAY, MINUTE } from '../../agent/src/core/clock.ts';
import { eventually } from '../rig/agent.ts';
import { CLUSTER, openCellRig } from './cell-rig.ts';
import { BASE, HPAS, PREPARED_AT } from './history.ts';

export type Templates = {
  /** Enrolled, baselines ready, profiles learned, scanned until PREPARED_AT. */
  ready: string;
  /** The same, and rows that are too old to be kept. */
  old: string;
  stop(): void;
};

/** Old rows a HPA; retention needs some seconds for them. */
const OLD_ROWS = 40_000;

/** Runs an agent that nothing goes wrong with, and keeps its data directory as the beginning of the cells. */
export async function prepareTemplates(prometheusUrl: string, kubectlPath: string): Promise<Templates> {
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-fault-templates-'));
  const [ready, old] = [join(dir, 'ready'), join(dir, 'old')];
  const rig = await openCellRig({ prometheusUrl, kubectlPath, template: null, startAt: PREPARED_AT, notify: false });
  try {
    await rig.start();
    const agent = rig.agent();
    await eventually('the cluster can be enrolled', 30_000, async () => {
      const { status } = await agent.api('POST', '/api/v1/monitoring/hpas', { cluster: CLUSTER, all: true });
      return status < 300 ? true : null;
    });
    await eventually('baselines and profiles', 60_000, () => {
      const [row] = agent.sql<{ n: number }>(
        "SELECT count(*) AS n FROM hpa JOIN detector_state d ON d.hpa_id = hpa.id WHERE baseline_state = 'ready' AND d.profile IS NOT NULL",
      );
      return row?.n === HPAS.length ? true : null;
    });
    await agent.stop();
    cpSync(rig.dataDir, ready, { recursive: true });
  } finally {
    await rig.stop();
  }
  cpSync(ready, old, { recursive: true });
  addOldRows(join(old, 'monitoring.db'));
  return { ready, old, stop: () => rmSync(dir, { recursive: true, force: true }) };
}

function addOldRows(file: string): void {
  const db = new Database(file);
  db.prepare(
    `WITH RECURSIVE minute (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM minute WHERE n < ?)
     INSERT INTO sample (hpa_id, ts, created_after_ms, is_baseline, cpu_current, memory_current, replicas_current)
     SELECT id, ? + n * ?, 0, 0, 20.0 + n % 7, 100.0 + n % 11, 3 FROM hpa, minute`,
  ).run(OLD_ROWS - 1, BASE - 60 * DAY, MINUTE);
  db.prepare("UPDATE counter SET value = (SELECT count(*) FROM stored_sample) WHERE name = 'samples'").run();
  db.close();
}
