import { createInterface } from 'node:readline';
import { execa } from 'execa';
import type { Clock } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import type { PidLedger } from './ledger.ts';
import { descendantsOf, endProcess } from './process-end.ts';
import { redactSecrets } from './redact.ts';

export type KubectlDeps = {
  kubectlPath: string;
  /** All that kubectl and its credentials plugins see of the environment: PATH, HOME, KUBECONFIG, proxies, ... */
  env: Readonly<Record<string, string | undefined>>;
  ledger: Pick<PidLedger, 'record' | 'forget'>;
  clock: Clock;
};

export type KubectlExit = { exitCode: number | null; signal: string | null };

export type KubectlProcess = {
  pid: number;
  /** Resolves when the process is gone and its output read. */
  exited: Promise<KubectlExit>;
  /** SIGTERM, SIGKILL after 2 s, to the credentials plugin that it waits for as well; resolves when both are gone. */
  end(): Promise<void>;
};

const KILL_AFTER_MS = 2_000;
/** A credentials plugin may outlive kubectl and hold its output open; it is not waited for longer than this. */
const DRAIN_MS = 250;

/**
 * Starts kubectl and writes it into the ledger before anything is done with it.
 * @throws AgentError `kubectl/not-found` where it cannot be run, `storage/failed` where it cannot be recorded (then it is ended)
 */
export async function startKubectl(
  { kubectlPath, env, ledger, clock }: KubectlDeps,
  args: readonly string[],
  onLine: { stdout: (line: string) => void; stderr: (line: string) => void },
): Promise<KubectlProcess> {
  const child = execa(kubectlPath, args, {
    env: { ...env },
    extendEnv: false,
    // kubectl asks for a user name where it has no credentials; nobody is there to answer.
    stdin: 'ignore',
    buffer: false,
    reject: false,
    forceKillAfterDelay: KILL_AFTER_MS,
  });
  const { pid } = child;
  if (pid === undefined) {
    const { code, originalMessage } = await child;
    const message = `kubectl could not be run as "${kubectlPath}" (${code ?? originalMessage ?? 'no reason told'}): install it, or set kubectl.path to where it is`;
    throw new AgentError('kubectl/not-found', message, { details: { path: kubectlPath } });
  }
  const node = child.nodeChildProcess;
  createInterface({ input: child.stdout }).once('line', recordAgain).on('line', onLine.stdout);
  createInterface({ input: child.stderr }).on('line', (line) => onLine.stderr(redactSecrets(line)));
  const exited = new Promise<KubectlExit>((resolve) => {
    const settle = () => {
      ledger.forget(pid);
      resolve({ exitCode: node.exitCode, signal: node.signalCode });
    };
    node.once('close', settle);
    node.once('exit', () => clock.after(DRAIN_MS, settle));
  });
  /** A kubectl that is a wrapper has become another program by the time it speaks; the ledger must know it by that. */
  function recordAgain(): void {
    try {
      if (node.exitCode === null && node.signalCode === null) ledger.record(pid ?? 0);
    } catch {
      // The first entry stands; where it no longer fits, the process ends with its tunnel.
    }
  }
  const end = async () => {
    const runs = node.exitCode === null && node.signalCode === null;
    // Looked up before kubectl ends: after that nobody knows whose they were.
    const plugins = runs ? descendantsOf(pid) : [];
    if (runs) child.kill('SIGTERM');
    await Promise.all([exited, ...plugins.map((plugin) => endProcess(plugin, clock))]);
  };
  try {
    ledger.record(pid);
  } catch (error) {
    await end();
    throw error;
  }
  return { pid, exited, end };
}
