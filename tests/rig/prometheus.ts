import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { writeOpenMetrics, type HandMadeSeries, type Span } from './openmetrics.ts';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export type RealPrometheus = { url: string; port: number; pid: number; dir: string; stop(): Promise<void> };

export type RealPrometheusOptions = {
  /** An OpenMetrics file to load, or series to write and load. */
  history?: string | { series: readonly HandMadeSeries[]; span: Span };
  /** A directory that has its history already and outlives this server; else one of its own. */
  data?: string;
  /** Rule files. */
  rules?: string[];
  /** How long a block of the history is at most, in hours; promtool reads the file once a block. */
  blockHours?: number;
  /** Live targets, `host:port`, scraped each `scrapeIntervalSeconds`. */
  targets?: { job: string; address: string; honorLabels?: boolean; metricsPath?: string }[];
  scrapeIntervalSeconds?: number;
  /** Further command line flags, such as `--query.max-samples=1000`. */
  flags?: string[];
  /** Where it listens; any free port of 127.0.0.1 by default. */
  port?: number;
};

const READY_WITHIN_MS = 30_000;

/** Starts a real Prometheus on 127.0.0.1 in a directory of its own, with a history; `stop` ends it and removes the directory. */
export async function startPrometheus(options: RealPrometheusOptions = {}): Promise<RealPrometheus> {
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-prometheus-'));
  const data = options.data ?? join(dir, 'data');
  await mkdir(data, { recursive: true });
  if (options.history !== undefined) {
    await loadHistory(options.history, dir, data, options.blockHours).catch(async (error: unknown) => {
      await rm(dir, { recursive: true, force: true });
      throw error;
    });
  }
  const config = join(dir, 'prometheus.yml');
  await writeFile(config, scrapeConfig(options));
  const port = options.port ?? (await freePort());
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      '--storage.tsdb.retention.time=30d',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
      ...(options.flags ?? []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 5_000);
      await exited;
      clearTimeout(killer);
    }
    await rm(dir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitReady(url, () => child.exitCode !== null);
  } catch (cause) {
    await stop();
    throw new Error(`Prometheus did not start: ${stderr}`, { cause });
  }
  return { url, port, pid: child.pid ?? 0, dir, stop };
}

/** Writes a history into the data directory of a server that does not run; `dir` takes what is only needed meanwhile. */
export async function loadHistory(
  history: NonNullable<RealPrometheusOptions['history']>,
  dir: string,
  data: string,
  blockHours = 54,
): Promise<void> {
  const file = typeof history === 'string' ? history : join(dir, 'history.om');
  if (typeof history !== 'string') await writeOpenMetrics(file, history.series, history.span);
  // Without the (hidden) flag promtool reads the file once per two hours.
  const loading = ['tsdb', 'create-blocks-from', `--max-block-duration=${blockHours}h`, 'openmetrics', file, data];
  await run('promtool', loading, { maxBuffer: 16 * 1_048_576 });
  if (typeof history !== 'string') await rm(file);
}

function scrapeConfig({ targets = [], rules = [], scrapeIntervalSeconds = 1 }: RealPrometheusOptions): string {
  const jobs = targets.map(({ job, address, honorLabels = true, metricsPath = '/metrics' }) => ({
    job_name: job,
    honor_labels: honorLabels,
    metrics_path: metricsPath,
    static_configs: [{ targets: [address] }],
  }));
  // JSON is YAML.
  const global = { scrape_interval: `${scrapeIntervalSeconds}s` };
  return JSON.stringify({ global, rule_files: rules, scrape_configs: jobs });
}

async function waitReady(url: string, exited: () => boolean): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ok = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (exited()) throw new Error('it exited');
    if (Date.now() > deadline) throw new Error('it was not ready in time');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
