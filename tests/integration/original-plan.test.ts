import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type {
  ClusterListAnswer,
  EnrolAnswer,
  HpaListAnswer,
  StatusAnswer,
  TimeslotsAnswer,
} from '../../agent/src/contract/api.ts';
import {
  eventually,
  forwardsOf,
  isAlive,
  newDataDir,
  removeDataDirs,
  startAgentProcess,
  type AgentProcess,
  type AgentSettings,
} from '../rig/agent.ts';
import { realKubectls } from '../rig/kubectl.ts';
import { freePort } from '../rig/free-port.ts';
import { markedHpa, startWorld, type World } from '../rig/world.ts';

/** The four tests of the first sketch of this system, on a real kubectl and a real Prometheus a cluster. */

const kubectls = await realKubectls();
const CLUSTERS = ['prod1', 'prod2', 'prod3', 'prod4', 'prod5', 'prod6'];

let world: World;
let agent: AgentProcess | undefined;
beforeAll(async () => {
  world = await startWorld({ clusters: Object.fromEntries(CLUSTERS.map((name, i) => [name, [markedHpa(i + 1)]])) });
}, 120_000);
afterEach(async () => {
  await agent?.kill();
  agent = undefined;
});
afterAll(async () => {
  await world.stop();
  removeDataDirs();
});

async function start(kubectl: string, more: AgentSettings = {}): Promise<AgentProcess> {
  agent = await startAgentProcess({
    kubectl: { path: kubectl, kubeconfig: world.kubeconfig },
    lanes: [await freePort(), await freePort()],
    slotDuration: '2s',
    ...more,
  });
  return agent;
}

const enrol = (on: AgentProcess, cluster: string) =>
  on.api<EnrolAnswer>('POST', '/api/v1/monitoring/hpa', { cluster, namespace: 'shop', hpa: 'api' });

const scansOf = async (on: AgentProcess): Promise<Record<string, number>> => {
  const { body } = await on.api<ClusterListAnswer>('GET', '/api/v1/clusters');
  return Object.fromEntries(body.clusters.map((c) => [c.name, c.last_scan ? Date.parse(c.last_scan.started_at) : 0]));
};

/** Waits until every cluster was scanned `passes` more times. */
async function passes(on: AgentProcess, count: number): Promise<void> {
  const seen = new Map<string, Set<number>>();
  await eventually(`${count} passes`, 60_000, async () => {
    for (const [cluster, at] of Object.entries(await scansOf(on)))
      if (at) seen.set(cluster, (seen.get(cluster) ?? new Set()).add(at));
    return seen.size > 0 && [...seen.values()].every((times) => times.size >= count) ? true : null;
  });
}

const active = (on: AgentProcess, count: number) =>
  eventually(`${count} active forwards`, 20_000, async () => {
    const { body } = await on.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
    return body.port_forwards.filter((f) => f.status === 'active').length === count ? body : null;
  });

describe.each(kubectls)('with $name', ({ path }) => {
  test('test 1: two clusters, two forwards that live through five slot passes and end with the agent', async () => {
    const on = await start(path);
    await enrol(on, 'prod1');
    await enrol(on, 'prod2');
    await active(on, 2);
    const before = on.forwards();
    expect(before.map(({ context }) => context).sort()).toEqual(['prod1-admin', 'prod2-admin']);
    await passes(on, 5);
    expect(
      on
        .forwards()
        .map(({ pid }) => pid)
        .sort(),
    ).toEqual(before.map(({ pid }) => pid).sort());
    const { code, ms } = await on.stop();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
    expect(before.filter(({ pid }) => isAlive(pid))).toEqual([]);
  }, 90_000);

  test('test 2: enrolling an HPA collects three days: 864 baseline rows, and the log tells', async () => {
    const on = await start(path);
    const startedAt = Date.now();
    const { status, body } = await enrol(on, 'prod1');
    expect(status).toBe(201);
    expect(body).toMatchObject({ status: 'success', has_baseline: false, baseline_collection_started: true });
    const ready = await eventually('baseline ready', 60_000, async () => {
      const { body: list } = await on.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
      return list.hpas[0]?.baseline.state === 'ready' ? list.hpas[0] : null;
    });
    const tookMs = Date.now() - startedAt;
    const saidMs = Date.parse(body.estimated_completion!) - startedAt;
    expect(Math.abs(saidMs - tookMs)).toBeLessThanOrEqual(Math.max(5_000, tookMs / 2));
    expect(ready).toMatchObject({
      cluster: 'prod1',
      has_baseline: true,
      monitoring_active: true,
      baseline_coverage: 100,
    });
    expect(on.sql('SELECT COUNT(*) AS rows FROM hpa_snapshots WHERE is_baseline = 1')).toEqual([{ rows: 864 }]);
    expect(on.log().some(({ msg }) => /history|baseline/i.test(String(msg)))).toBe(true);
  }, 90_000);

  test('test 3: four clusters share two slots of 25 s, six share three of 20 s, all forwards alive at once', async () => {
    const on = await start(path, { slotDuration: null });
    for (const cluster of CLUSTERS.slice(0, 4)) await enrol(on, cluster);
    await active(on, 4);
    const four = await eventually('the plan of four', 40_000, async () => {
      const { body } = await on.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots');
      return body.configuration.total_clusters === 4 ? body : null;
    });
    expect(four.configuration).toMatchObject({ slot_duration: '25s', cycle_duration: '50s', parallel_scans: true });
    expect(on.forwards()).toHaveLength(4);
    const [first, second] = four.configuration.ports as [number, number];
    expect(four.slots.map((slot) => [slot[`port_${first}`]?.cluster, slot[`port_${second}`]?.cluster])).toEqual([
      ['prod1', 'prod2'],
      ['prod3', 'prod4'],
    ]);
    for (const cluster of CLUSTERS.slice(4)) await enrol(on, cluster);
    await active(on, 6);
    const six = await eventually('the plan of six', 40_000, async () => {
      const { body } = await on.api<TimeslotsAnswer>('GET', '/api/v1/monitoring/timeslots');
      return body.configuration.total_clusters === 6 ? body : null;
    });
    expect(six.configuration).toMatchObject({
      total_slots: 3,
      slot_duration: '20s',
      cycle_duration: '60s',
      cadence_exceeded: false,
    });
    expect(on.forwards()).toHaveLength(6);
  }, 120_000);

  test('test 4: a killed forward answers again within 5 s and no scan is lost', async () => {
    const on = await start(path);
    await enrol(on, 'prod1');
    await enrol(on, 'prod2');
    await active(on, 2);
    await passes(on, 1);
    const [victim] = on.forwards();
    const killedAt = Date.now();
    process.kill(victim!.pid, 'SIGKILL');
    await eventually('it answers again', 5_000, async () => {
      const { body } = await on.api<StatusAnswer>('GET', '/api/v1/monitoring/status');
      const forward = body.port_forwards.find((f) => `${f.cluster}-admin` === victim!.context);
      return forward?.status === 'active' && forward.pid !== victim!.pid && forward.restarts === 1 ? forward : null;
    });
    expect(Date.now() - killedAt).toBeLessThan(5_000);
    await passes(on, 3);
    const { body } = await on.api<ClusterListAnswer>('GET', '/api/v1/clusters');
    expect(body.clusters.map((c) => c.last_scan?.result)).toEqual(['ok', 'ok']);
  }, 90_000);
});

test('an agent that was killed leaves orphans; the next start ends exactly those, keeps what was enrolled, and fills the gap', async () => {
  const { path } = kubectls[0]!;
  const dataDir = newDataDir();
  const lanes = [await freePort(), await freePort()];
  const first = await start(path, { dataDir, lanes });
  const bystander = await startAgentProcess({
    kubectl: { path, kubeconfig: world.kubeconfig },
    lanes: [await freePort(), await freePort()],
    clusters: [{ name: 'prod6' }],
  });
  try {
    await enrol(first, 'prod1');
    await enrol(first, 'prod2');
    await active(first, 2);
    await active(bystander, 1);
    await eventually(
      'a first live row',
      30_000,
      () => first.sql('SELECT 1 FROM scan_state WHERE scanned_until IS NOT NULL')[0],
    );
    const orphans = first.forwards();
    const [stranger] = bystander.forwards();
    await first.kill();
    // They may outlive it, or end by themselves when they next write to the agent's closed pipe.
    expect(orphans).toHaveLength(2);

    // As if it had been off for two hours: nothing is known since then.
    const offSince = Math.floor(Date.now() / 60_000) * 60_000 - 2 * 3_600_000;
    const { default: Database } = await import('better-sqlite3');
    const db = new Database(`${dataDir}/monitoring.db`);
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    for (const table of ['sample', 'recent_sample'])
      db.prepare(`DELETE FROM ${table} WHERE ts > ? AND is_baseline = 0`).run(offSince);
    db.prepare('UPDATE hpa SET enrolled_at = ?').run(offSince - 3_600_000);
    db.prepare('UPDATE scan_state SET scanned_until = ?, last_scan_at = ?').run(offSince, offSince);
    db.close();

    const second = await start(path, { dataDir, lanes });
    await active(second, 2);
    expect(orphans.filter(({ pid }) => isAlive(pid))).toEqual([]);
    expect(isAlive(stranger!.pid)).toBe(true);
    expect(forwardsOf(second.pid)).toHaveLength(2);
    const { body } = await second.api<HpaListAnswer>('GET', '/api/v1/monitoring/hpas');
    expect(body.hpas.map((h) => h.cluster)).toEqual(['prod1', 'prod2']);
    await eventually('the two hours, minute by minute', 60_000, () => {
      const [{ rows } = { rows: 0 }] = second.sql<{ rows: number }>(
        `SELECT COUNT(*) AS rows FROM stored_sample s JOIN hpa h ON h.id = s.hpa_id WHERE h.cluster = 'prod1' AND s.ts > ? AND s.ts <= ?`,
        offSince,
        offSince + 2 * 3_600_000 - 120_000,
      );
      return rows === 118 ? rows : null;
    });
    expect(second.sql('SELECT hpa_id, ts FROM stored_sample GROUP BY hpa_id, ts HAVING COUNT(*) > 1')).toEqual([]);
  } finally {
    await bystander.stop();
  }
}, 120_000);
