import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { AgentError, isAgentError } from '../core/errors.ts';
import type { LogLevel } from '../core/logger.ts';
import { isLoopback } from '../core/loopback.ts';
import type { PrometheusLocation } from '../domain/cluster.ts';
import { databasePartitions, databaseUrl } from './database-url.ts';
import { invalid, problemOf, type Problem } from './problems.ts';
import { parseSettings } from './settings-yaml.ts';
import { tokensIn } from './token.ts';
import { settingsSchema, type ClusterSettings, type Settings } from './schema.ts';

/** A cluster as written down: what `context` is stays open until the kubeconfig is read. */
export type ConfiguredCluster = {
  name: string;
  context: string | null;
  prometheusUrl: string | null;
  prometheus: PrometheusLocation;
};

/** Everything the agent needs to know from outside, checked, with absolute paths and durations in ms. */
export type Config = {
  listen: Settings['listen'];
  /** The tokens of settings and environment, and the files that hold more; those are followed. */
  auth: { writeTokens: string[]; readTokens: string[]; tokenFile: string | null; readTokenFile: string | null };
  tls: { cert: string; key: string } | null;
  dataDir: string;
  /** Of the PostgreSQL that agents share, with its password; null: SQLite in `dataDir`. */
  databaseUrl: string | null;
  /** Whether samples stand there in partitions by day. */
  databasePartitions: boolean;
  /** What may wait on the disk for such a database while it is away. */
  bufferBytes: number;
  kubectl: Settings['kubectl'];
  prometheus: PrometheusLocation;
  lanes: number[] | 'auto';
  /** null: persistent where the system allows it, else rotating. */
  forwardMode: 'persistent' | 'rotating' | null;
  slotMs: number | null;
  clusters: ConfiguredCluster[];
  baseline: { windowMs: number; stepMs: number; minCoverage: number };
  retention: { minutesMs: number; totalMs: number };
  /** Limits as written; checked against the detectors where they are joined. */
  detect: Settings['detect'];
  notify: Settings['notify'];
  /** Where several agents share one database. `name` null: that of the machine. */
  sharing: { name: string | null; leaseMs: number };
  logLevel: LogLevel;
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Environment variables that override a setting: name -> path of the setting and how its text is read. */
const OVERRIDES: Record<string, { path: [string, string] | [string]; number?: boolean }> = {
  HPA_WATCH_HOST: { path: ['listen', 'host'] },
  HPA_WATCH_PORT: { path: ['listen', 'port'], number: true },
  HPA_WATCH_TOKEN: { path: ['auth', 'token'] },
  HPA_WATCH_TOKEN_FILE: { path: ['auth', 'tokenFile'] },
  HPA_WATCH_READ_TOKEN: { path: ['auth', 'readToken'] },
  HPA_WATCH_READ_TOKEN_FILE: { path: ['auth', 'readTokenFile'] },
  HPA_WATCH_DATA_DIR: { path: ['dataDir'] },
  HPA_WATCH_AGENT_NAME: { path: ['sharing', 'name'] },
  HPA_WATCH_LOG_LEVEL: { path: ['log', 'level'] },
};

const BYTES_PER_MIB = 2 ** 20;

export type LoadOptions = { file: string | null; env: Environment; cwd: string };

/**
 * Reads the settings file (YAML), lets the environment win, checks everything.
 * @throws AgentError `config/unreadable` (file) or `config/invalid`; the message has a line a problem: path, found, allowed
 */
export function loadConfig({ file, env, cwd }: LoadOptions): Config {
  const chosen = file ?? (env.HPA_WATCH_CONFIG || null);
  const raw = chosen === null ? {} : readSettings(resolve(cwd, expandHome(chosen)));
  const { merged, origin } = withEnvironment(raw, env);
  const parsed = settingsSchema.safeParse(merged);
  if (!parsed.success) throw invalid(parsed.error.issues.map((issue) => problemOf(issue, merged, origin)));
  const problems = crossProblems(parsed.data);
  if (problems.length > 0) throw invalid(problems);
  return toConfig(parsed.data, { cwd, env });
}

function readSettings(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AgentError('config/unreadable', `Cannot read the settings file ${path}: ${(cause as Error).message}`, {
      cause,
    });
  }
  return parseSettings(text, path);
}

function withEnvironment(raw: unknown, env: Environment): { merged: unknown; origin: Map<string, string> } {
  const origin = new Map<string, string>();
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { merged: raw, origin };
  const merged: Record<string, unknown> = { ...raw };
  for (const [name, { path, number }] of Object.entries(OVERRIDES)) {
    const text = env[name];
    if (text === undefined || text === '') continue;
    origin.set(path.join('.'), name);
    const value = number && /^\d+$/.test(text) ? Number(text) : text;
    const [head, leaf] = path;
    if (leaf === undefined) merged[head] = value;
    else merged[head] = { ...(merged[head] as object | undefined), [leaf]: value };
  }
  return { merged, origin };
}

/** What only several settings together can tell. */
function crossProblems({ auth, clusters, listen, tls, lanes }: Settings): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, number>();
  for (const [index, { name }] of clusters.entries()) {
    const first = names.get(name);
    if (first !== undefined)
      problems.push({
        path: `clusters[${index}].name`,
        found: name,
        allowed: `a name not used before (clusters[${first}])`,
      });
    else names.set(name, index);
  }
  if (!listen.allowPublic && tls.cert === null && !isLoopback(listen.host)) {
    const allowed =
      'a loopback address; for any other set tls.cert and tls.key, or listen.allowPublic: true behind a proxy that does TLS';
    problems.push({ path: 'listen.host', found: listen.host, allowed });
  }
  const readable = new Set([auth.readToken, ...auth.readTokens]);
  for (const [path, token] of Object.entries({ 'auth.token': auth.token, 'auth.tokens': auth.tokens }))
    if ([token].flat().some((one) => one !== null && readable.has(one)))
      problems.push({ path, found: token, allowed: 'a token that is no read token as well' });
  if (lanes !== 'auto' && lanes.includes(listen.port))
    problems.push({ path: 'lanes', found: lanes, allowed: `ports other than listen.port (${listen.port})` });
  return problems;
}

function toConfig(settings: Settings, { cwd, env }: Pick<LoadOptions, 'cwd' | 'env'>): Config {
  const path = (text: string): string => {
    const expanded = expandHome(text);
    return isAbsolute(expanded) ? expanded : resolve(cwd, expanded);
  };
  const { auth, tls } = settings;
  const { timeout, ...location } = settings.prometheus;
  const prometheus: PrometheusLocation = { ...location, timeoutMs: timeout };
  return {
    listen: settings.listen,
    auth: {
      writeTokens: [...new Set([auth.token, ...auth.tokens].filter((token) => token !== null))],
      readTokens: [...new Set([auth.readToken, ...auth.readTokens].filter((token) => token !== null))],
      tokenFile: auth.tokenFile && checkedTokens('auth.tokenFile', path(auth.tokenFile)),
      readTokenFile: auth.readTokenFile && checkedTokens('auth.readTokenFile', path(auth.readTokenFile)),
    },
    tls: tls.cert !== null && tls.key !== null ? { cert: path(tls.cert), key: path(tls.key) } : null,
    dataDir: path(settings.dataDir),
    databaseUrl: databaseUrl(env, cwd),
    databasePartitions: databasePartitions(env),
    bufferBytes: settings.database.bufferMib * BYTES_PER_MIB,
    kubectl: { ...settings.kubectl, kubeconfig: settings.kubectl.kubeconfig && path(settings.kubectl.kubeconfig) },
    prometheus,
    lanes: settings.lanes,
    forwardMode: settings.forwardMode,
    slotMs: settings.slotDuration,
    clusters: settings.clusters.map((cluster) => configured(cluster, prometheus)),
    baseline: {
      windowMs: settings.baseline.window,
      stepMs: settings.baseline.step,
      minCoverage: settings.baseline.minCoverage,
    },
    retention: { minutesMs: settings.retention.minutes, totalMs: settings.retention.total },
    detect: settings.detect,
    notify: settings.notify,
    sharing: { name: settings.sharing.name, leaseMs: settings.sharing.lease },
    logLevel: settings.log.level,
  };
}

const configured = (cluster: ClusterSettings, base: PrometheusLocation): ConfiguredCluster => ({
  name: cluster.name,
  context: cluster.context ?? null,
  prometheusUrl: cluster.prometheusUrl ?? null,
  prometheus: {
    namespace: cluster.namespace ?? base.namespace,
    service: cluster.service ?? base.service,
    port: cluster.port ?? base.port,
    timeoutMs: cluster.timeout ?? base.timeoutMs,
  },
});

/** The path, once its file was seen to hold tokens: what cannot be used is told at the start with all the rest. */
function checkedTokens(setting: string, path: string): string {
  try {
    tokensIn(path, readFileSync(path, 'utf8'));
    return path;
  } catch (error) {
    const why = isAgentError(error) ? error.message : (error as Error).message;
    throw invalid([{ path: setting, found: path, allowed: `a readable file with tokens, one a line (${why})` }]);
  }
}

const expandHome = (path: string): string =>
  path === '~' || path.startsWith('~/') ? join(homedir(), path.slice(1)) : path;
