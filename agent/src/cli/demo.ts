import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAgent, type RunningAgent } from '../compose/agent.ts';
import { isBuilt } from '../compose/preview.ts';
import { loadConfig, type Config } from '../config/load.ts';
import { SECOND, sleep, systemClock } from '../core/clock.ts';
import { SEVERITIES } from '../domain/anomaly.ts';
import { createLogger } from '../core/logger.ts';
import { startDemo, type RunningDemo } from '../demo/start.ts';
import type { HpaRow } from '../storage/store.ts';
import type { CommandContext } from './context.ts';
import { previewShownBy } from './preview-link.ts';
import { table } from './table.ts';

export type DemoOptions = { port: number; seed: number; clean: boolean };

const READY_WITHIN_MS = 60 * SECOND;
const PAGE = 500;
const JUDGED_WITHIN_MS = 30 * SECOND;
const SHOWN_ANOMALIES = 8;

/** Watches a simulated fleet until a signal; what it keeps is removed with it. Answers the exit code. */
export async function demoCommand(context: CommandContext, { port, seed, clean }: DemoOptions): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), 'hpa-watch-demo-'));
  const base = loadConfig({
    file: null,
    env: { ...context.env, HPA_WATCH_CONFIG: '', HPA_WATCH_DATA_DIR: dataDir, HPA_WATCH_PORT: String(port) },
    cwd: context.cwd,
  });
  const logger = createLogger({
    level: context.env.HPA_WATCH_LOG_LEVEL ? base.logLevel : 'warn',
    pretty: context.terminal,
  });
  let demo: RunningDemo | undefined;
  let agent: RunningAgent | undefined;
  try {
    const preview = previewShownBy(context);
    if (!isBuilt(preview.folders)) context.print('Its page is not built (npm run build:all): there is the API only.');
    demo = await startDemo({ clock: systemClock, seed, host: '127.0.0.1', clean });
    agent = await startAgent({
      config: withClusters(base, demo),
      logger,
      env: context.env,
      version: context.version,
      preview: isBuilt(preview.folders) ? preview : null,
    });
    const signal = context.untilSignal();
    context.print(welcome(agent, base));
    const { enrolment } = agent.services;
    await Promise.all(demo.clusters.map(({ name }) => enrolment.enrolAll(name)));
    const stopped = await Promise.race([signal, untilCollected(agent).then(() => null)]);
    if (stopped === null) {
      context.print(await fleetTable(agent));
      context.print(await needsALook(agent, signal));
      context.print('\nA new minute arrives every minute. Ctrl-C ends it.');
      await signal;
    }
    return 0;
  } finally {
    await agent?.stop();
    await demo?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Short slots: nobody waits a minute for the first live values of a demo. */
const DEMO_SLOT_MS = 5 * SECOND;

const withClusters = (base: Config, demo: RunningDemo): Config => ({
  ...base,
  slotMs: DEMO_SLOT_MS,
  clusters: demo.clusters.map(({ name, url }) => ({
    name,
    context: null,
    prometheusUrl: url,
    prometheus: base.prometheus,
  })),
});

function welcome({ url, keptToken }: RunningAgent, { auth }: Config): string {
  const token = keptToken?.token ?? auth.writeTokens[0] ?? '';
  return [
    '',
    `HPA Watch serves on ${url}`,
    '',
    `  TOKEN=${token}`,
    `  curl -s -H "Authorization: Bearer $TOKEN" ${url}/api/v1/monitoring/summary`,
    `  curl -s -H "Authorization: Bearer $TOKEN" ${url}/api/v1/monitoring/hpas?limit=3`,
    `  curl -s -H "Authorization: Bearer $TOKEN" ${url}/api/v1/monitoring/anomalies`,
    `  curl -s -H "Authorization: Bearer $TOKEN" ${url}/api/v1/monitoring/status`,
    '',
    'Collecting three days of history for every HPA ...',
  ].join('\n');
}

async function allHpas({ services }: RunningAgent): Promise<HpaRow[]> {
  return (await services.store.listHpas({ limit: PAGE })).items;
}

/** Until every HPA's history was tried once, or a minute has passed. */
async function untilCollected(agent: RunningAgent): Promise<void> {
  const giveUpAt = systemClock.now() + READY_WITHIN_MS;
  while (systemClock.now() < giveUpAt) {
    const hpas = await allHpas(agent);
    if (hpas.length > 0 && hpas.every(({ baseline }) => baseline.attempts > 0 && baseline.state !== 'running')) return;
    await sleep(systemClock, SECOND / 2);
  }
}

/** What is usual of every HPA that has its history is known, so that it is judged in the same breath. */
async function isJudged(agent: RunningAgent): Promise<boolean> {
  const collected = (await allHpas(agent)).filter(({ baseline }) => baseline.state === 'ready');
  const profiles = await Promise.all(collected.map((hpa) => agent.services.baselines.profileOf(hpa)));
  return profiles.every((profile) => profile !== null);
}

/** What fires, worst first, as sentences; waits until every cluster was judged once. */
async function needsALook(agent: RunningAgent, signal: Promise<unknown>): Promise<string> {
  const { services } = agent;
  const giveUpAt = systemClock.now() + JUDGED_WITHIN_MS;
  const isOver = signal.then(() => true);
  let judged = false;
  while (!judged && systemClock.now() < giveUpAt) {
    judged = await isJudged(agent);
    // Once more where it is: the minutes are judged and saved right after.
    if (await Promise.race([isOver, sleep(systemClock, SECOND / 2).then(() => false)])) break;
  }
  const firing = services.anomalies.firing();
  // What stood under one that has ended stands for itself.
  const worst = firing
    .filter(({ parentId }) => !firing.some(({ id }) => id === parentId))
    .sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || b.score - a.score);
  if (worst.length === 0) return '\nAll within their baseline so far.';
  const rows = worst
    .slice(0, SHOWN_ANOMALIES)
    .map(({ severity, key, sentence, advice }) => [
      severity,
      `${key.namespace}/${key.hpa} · ${key.cluster}`,
      advice === null ? sentence : `${sentence} ${advice}`,
    ]);
  return `\nNeeds a look (${worst.length}):\n${table(['', 'HPA', ''], rows)}`;
}

async function fleetTable(agent: RunningAgent): Promise<string> {
  const rows = (await allHpas(agent)).map(({ cluster, namespace, hpa, baseline, latest }) => [
    cluster,
    `${namespace}/${hpa}`,
    latest ? `${shown(latest.replicasCurrent)} of ${shown(latest.replicasMin)}-${shown(latest.replicasMax)}` : '',
    latest?.cpuCurrent == null
      ? '-'
      : `${Math.round(latest.cpuCurrent)} %${latest.cpuTarget === null ? '' : ` / ${latest.cpuTarget} %`}`,
    latest?.pressure == null ? '-' : latest.pressure.toFixed(2),
    baseline.coverage === null ? baseline.state : `${baseline.state} ${Math.round(baseline.coverage)} %`,
  ]);
  return `\n${table(['CLUSTER', 'HPA', '>REPLICAS', '>CPU / TARGET', '>PRESSURE', 'HISTORY'], rows)}`;
}

const shown = (value: number | null): string => (value === null ? '?' : String(value));
