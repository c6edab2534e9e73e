import type { HpaItem, HpaListAnswer, SparklinesAnswer } from '@hpa-watch/agent/contract';
import type { Page } from '@playwright/test';
import { answering } from './agent-answers.ts';

const SPARK_POINTS = 36;

/** A fleet of so many HPAs, of which a quarter is scanned between two polls; the page is told of it instead of the demo's. */
export async function showBigFleet(page: Page, size: number): Promise<{ sparklineCalls: number[] }> {
  const hpas = Array.from({ length: size }, (_, i) => hpaOf(i));
  const sparklineCalls: number[] = [];
  let revision = 0;
  await answering(page, '/api/v1/monitoring/hpas', async (route) => {
    const since = new URL(route.request().url()).searchParams.get('since');
    revision += 1;
    const scanned = hpas.filter((_, i) => i % 4 === revision % 4);
    const answer: HpaListAnswer = {
      status: 'success',
      hpas: since === null ? hpas : scanned.map((one) => ({ ...one, last_scan: new Date().toISOString() })),
      removed: [],
      revision: `r${revision}`,
      full: since === null,
      total: size,
      next_cursor: null,
    };
    await route.fulfill({ json: answer });
  });
  await answering(page, '/api/v1/monitoring/sparklines', async (route) => {
    const keys = new URL(route.request().url()).searchParams.getAll('hpa');
    sparklineCalls.push(keys.length);
    await route.fulfill({ json: sparklinesOf(keys) });
  });
  return { sparklineCalls };
}

function hpaOf(i: number): HpaItem {
  const at = new Date(Date.now() - (i % 50) * 1_000).toISOString();
  return {
    cluster: `cluster-${i % 12}`,
    namespace: `team-${i % 40}`,
    hpa: `service-${i}`,
    has_baseline: true,
    monitoring_active: true,
    last_scan: at,
    baseline_coverage: 98,
    baseline: { state: 'ready', coverage: 98, progress: 100, reason: null },
    anomalies: { firing: 0, worst: null },
    worst_anomaly: null,
    muted_until: null,
    gone_since: null,
    latest: {
      timestamp: at,
      cpu_current: i % 100,
      memory_current: 300,
      memory_utilization: null,
      replicas_current: i % 11,
      replicas_desired: i % 11,
      replicas_ready: i % 11,
      pressure: (i % 100) / 70,
      scaling_limited: 0,
      scaling_active: 1,
      cpu_target: 70,
      memory_target: null,
      replicas_min: 2,
      replicas_max: 10,
      cpu_basis: 'request',
      approximate: false,
    },
  };
}

function sparklinesOf(keys: readonly string[]): SparklinesAnswer {
  const values = Array.from({ length: SPARK_POINTS }, (_, i) => 50 + 10 * Math.sin(i));
  const now = new Date().toISOString();
  return {
    status: 'success',
    metric: 'cpu',
    from: now,
    to: now,
    step: '5m',
    timestamps: values.map(() => now),
    items: keys.map((key) => {
      const [cluster = '', namespace = '', hpa = ''] = key.split('/');
      return {
        cluster,
        namespace,
        hpa,
        values,
        lower: values.map((value) => value - 8),
        upper: values.map((value) => value + 8),
      };
    }),
    missing: [],
  };
}
