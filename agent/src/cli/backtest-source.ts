import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { readFromPrometheus } from '../collect/backtest-prometheus.ts';
import { heldEachMinute, usualStepMs } from '../collect/held-samples.ts';
import { DAY, MINUTE, systemClock } from '../core/clock.ts';
import { formatDuration } from '../core/duration.ts';
import { AgentError } from '../core/errors.ts';
import { samplesOfSeries } from '../detect/backtest.ts';
import type { ProfiledMetric } from '../domain/anomaly.ts';
import type { HpaKey, ScaleTarget } from '../domain/hpa.ts';
import { emptySample, type Sample } from '../domain/sample.ts';
import { BACKFILL_STEP_MS } from '../domain/window.ts';
import { createPrometheusClient } from '../prometheus/client.ts';
import { readStoredHistory } from '../storage/sqlite/read-only.ts';
import { readCsv } from './backtest-csv.ts';
import type { CommandContext } from './context.ts';

type Names = { cluster: string | undefined; namespace: string; hpa: string };
export type Source =
  | ({ kind: 'csv'; file: string } & { [K in keyof Names]: string | undefined })
  | ({ kind: 'prometheus'; url: string } & Names)
  | ({ kind: 'database'; file: string } & Names & { cluster: string });

export type History = {
  /** For messages. */
  name: string;
  key: HpaKey;
  target: ScaleTarget | null;
  /** Ascending, as the judge wants them. */
  samples: Sample[];
  /** What lies before serves as history alone, epoch ms. */
  from: number;
  /** False where the source has no row of that minute. */
  isShown: (ts: number) => boolean;
  timezone: string | null;
  exclude: { from: number; to: number }[];
  normalSince: number | null;
  notes: string[];
};

export type ReadOptions = {
  context: CommandContext;
  /** Epoch ms; infinite where nothing was said. */
  from: number;
  to: number;
  now: number;
  baselineMs: number;
  metric: ProfiledMetric;
  /** Longest wait for one answer of Prometheus. */
  timeoutMs: number;
};

/** @throws AgentError a sentence about what cannot be read */
export function readSource(source: Source, options: ReadOptions): History | Promise<History> {
  switch (source.kind) {
    case 'csv':
      return readFromCsv(source, options);
    case 'prometheus':
      return readFromServer(source, options);
    case 'database':
      return readFromDatabase(source, options);
  }
}

const PLAIN = { target: null, timezone: null, exclude: [], normalSince: null, notes: [] } as const;

async function readFromCsv(
  { file, cluster = 'csv', namespace = 'csv', hpa }: Source & { kind: 'csv' },
  { context, from, to, metric }: ReadOptions,
): Promise<History> {
  const name = file === '-' ? 'stdin' : file;
  const text = file === '-' ? await context.readInput() : readText(resolve(context.cwd, file));
  const points = readCsv(text, name).filter(({ ts }) => ts <= to);
  const stepMs = usualStepMs(points) ?? MINUTE;
  if (stepMs > BACKFILL_STEP_MS)
    throw new AgentError(
      'request/invalid',
      `${name}: its values are ${formatDuration(stepMs)} apart; allowed: ${formatDuration(BACKFILL_STEP_MS)} at most`,
    );
  const known = new Set(points.map(({ ts }) => ts));
  return {
    ...PLAIN,
    exclude: [],
    notes: [],
    name,
    key: { cluster, namespace, hpa: hpa ?? basename(name).replace(/\.[^.]+$/, '') },
    samples: heldEachMinute(samplesOfSeries(points, metric), stepMs),
    from,
    isShown: (ts) => known.has(ts),
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new AgentError('request/invalid', `Cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Shown where nothing is said: the last day. */
const DEFAULT_SPAN_MS = DAY;

async function readFromServer(
  { url, cluster = 'prometheus', namespace, hpa }: Source & { kind: 'prometheus' },
  { context, from, to, now, baselineMs, timeoutMs }: ReadOptions,
): Promise<History> {
  const end = Math.min(to, now);
  const begin = Number.isFinite(from) ? from : end - DEFAULT_SPAN_MS;
  const prometheus = createPrometheusClient({ baseUrl: url, timeoutMs });
  const signal = new AbortController().signal;
  try {
    const { samples, target, notes } = await readFromPrometheus(
      prometheus,
      { namespace, hpa, from: begin - baselineMs, to: end },
      {
        clock: systemClock,
        signal,
        onProgress: (done) => context.progress(`reading ${namespace}/${hpa}: ${Math.floor(100 * done)} %`),
      },
    );
    return {
      ...PLAIN,
      exclude: [],
      notes,
      name: url,
      key: { cluster, namespace, hpa },
      target,
      samples,
      from: begin,
      isShown: () => true,
    };
  } finally {
    context.progress('');
    await prometheus.close();
  }
}

function readFromDatabase(
  { file, cluster, namespace, hpa }: Source & { kind: 'database' },
  { context, from, to, now }: ReadOptions,
): History {
  const path = resolve(context.cwd, file);
  const key = { cluster, namespace, hpa };
  const stored = readStoredHistory(path, key, { from: 0, to: Math.min(to, now) });
  const { samples, coarseUntil, emptyMinutes, exclude } = stored;
  const known = new Set([...samples.map(({ ts }) => ts), ...emptyMinutes]);
  const isCoarse = ({ ts }: Sample) => ts <= coarseUntil;
  const fine = [...samples.filter((sample) => !isCoarse(sample)), ...emptyMinutes.map(emptySample)];
  return {
    ...PLAIN,
    notes: [],
    exclude,
    name: path,
    key,
    target: stored.hpa.target,
    timezone: stored.hpa.timezone,
    normalSince: stored.hpa.normalSince ?? null,
    samples: [...heldEachMinute(samples.filter(isCoarse), BACKFILL_STEP_MS), ...fine.sort((a, b) => a.ts - b.ts)],
    from,
    isShown: (ts) => known.has(ts),
  };
}
