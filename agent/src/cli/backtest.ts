import { learn } from '../baseline/hpa-profile.ts';
import { limitsOf } from '../compose/detecting.ts';
import { loadConfig } from '../config/load.ts';
import { AgentError } from '../core/errors.ts';
import { backtest } from '../detect/backtest.ts';
import { limitsFor } from '../detect/limits.ts';
import type { ProfiledMetric } from '../domain/anomaly.ts';
import { asJson, asTable, partOf } from './backtest-answer.ts';
import { readSource, type Source } from './backtest-source.ts';
import type { CommandContext } from './context.ts';

export type BacktestOptions = {
  csv?: string;
  prometheus?: string;
  database?: string;
  cluster?: string;
  namespace?: string;
  hpa?: string;
  metric: ProfiledMetric;
  /** Epoch ms. */
  from?: number;
  to?: number;
  /** ms */
  step: number;
  baseline: number;
  format: 'json' | 'table';
  timezone?: string;
  config?: string;
};

/** Judges history as if it came in minute by minute, and prints what was found. Answers the exit code. */
export async function backtestCommand(context: CommandContext, options: BacktestOptions, now: number): Promise<number> {
  const { metric, baseline: baselineMs, step: stepMs, from = -Infinity, to = Infinity } = options;
  if (from >= to) throw invalid(`--from ${isoTime(from)} is not before --to ${isoTime(to)}; allowed: an earlier time`);
  const source = sourceOf(options);
  const config = loadConfig({ file: options.config ?? null, env: context.env, cwd: context.cwd });
  const limits = limitsOf(config.detect);
  const { timeoutMs } = config.prometheus;
  const history = await readSource(source, { context, from, to, now, baselineMs, metric, timeoutMs });
  const { key, samples, target, exclude, normalSince, isShown, notes } = history;
  if (samples.length === 0) throw invalid(`${history.name} holds no sample between --from and --to`);
  const timezone = options.timezone ?? history.timezone ?? 'UTC';
  context.progress('judging ...');
  const result = backtest(samples, {
    key,
    target,
    timezone,
    limits: limitsFor(key, limits),
    metric,
    baselineMs,
    learn: (before) => {
      // Who accepted a new normal did so at that time: what was judged before knew nothing of it.
      const isAccepted = normalSince !== null && (before.at(-1)?.ts ?? -Infinity) >= normalSince;
      return learn(before, { timezone, exclude, ...(isAccepted ? { since: normalSince } : {}) });
    },
  });
  context.progress('');
  const part = partOf(result, { from: history.from, stepMs, isShown });
  if (options.format === 'json') context.print(asJson(part));
  else context.print([asTable(part, metric, baselineMs), ...notes.map((note) => `note: ${note}`)].join('\n'));
  return 0;
}

function sourceOf({ csv, prometheus, database, cluster, namespace, hpa }: BacktestOptions): Source {
  const given = Object.entries({ csv, prometheus, database }).filter(([, value]) => value !== undefined);
  if (given.length !== 1) {
    const found = given.length === 0 ? 'none' : given.map(([name]) => `--${name}`).join(' and ');
    throw invalid(
      `A source of history is missing or not the only one: found ${found}; allowed: one of --csv FILE, --prometheus URL, --database FILE`,
    );
  }
  const needed = (what: string, value: string | undefined, allowed: string): string => {
    if (value !== undefined) return value;
    throw invalid(`--${given[0]?.[0]} needs --${what}; allowed: ${allowed}`);
  };
  if (csv !== undefined) return { kind: 'csv', file: csv, cluster, namespace, hpa };
  const named = {
    namespace: needed('namespace', namespace, 'the namespace of the HPA'),
    hpa: needed('hpa', hpa, 'the name of the HPA'),
  };
  if (prometheus !== undefined) return { kind: 'prometheus', url: prometheus, cluster, ...named };
  const file = database ?? '';
  return { kind: 'database', file, cluster: needed('cluster', cluster, 'the cluster of the HPA'), ...named };
}

const invalid = (message: string): AgentError => new AgentError('request/invalid', message);
const isoTime = (ms: number): string => (Number.isFinite(ms) ? new Date(ms).toISOString() : 'the beginning');
