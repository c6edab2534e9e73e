import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);
const READY_WITHIN_MS = 30_000;

export type RealAlertmanager = { url: string; stop(): Promise<void> };

/** Starts a real Alertmanager on 127.0.0.1 that tells `webhookUrl` of what begins and ends, as soon as it can. */
export async function startAlertmanager(webhookUrl: string): Promise<RealAlertmanager> {
  const program = await realAlertmanager();
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-alertmanager-'));
  const config = join(dir, 'alertmanager.yml');
  const route = { receiver: 'test', group_by: ['...'], group_wait: '0s', group_interval: '1s', repeat_interval: '1h' };
  // JSON is YAML.
  await writeFile(
    config,
    JSON.stringify({
      route,
      receivers: [{ name: 'test', webhook_configs: [{ url: webhookUrl, send_resolved: true }] }],
    }),
  );
  const port = await freePort();
  const child = spawn(
    program,
    [
      `--config.file=${config}`,
      `--storage.path=${dir}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await exited;
    await rm(dir, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + READY_WITHIN_MS;
  for (;;) {
    const ok = await fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return { url, stop };
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error('Alertmanager did not get ready');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The one on the PATH. */
async function realAlertmanager(): Promise<string> {
  for (const name of ['prometheus-alertmanager', 'alertmanager'])
    if (await run(name, ['--version']).then(...yesOrNo)) return name;
  throw new Error('prometheus-alertmanager is not installed; npm test installs it as root on Debian');
}

const yesOrNo = [() => true, () => false] as const;
