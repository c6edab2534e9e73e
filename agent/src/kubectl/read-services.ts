import { afterRunning } from '../core/clock.ts';
import { AgentError } from '../core/errors.ts';
import { readServicesArgs } from './args.ts';
import { kubectlError, type FaultSubject } from './faults.ts';
import { startKubectl, type KubectlDeps } from './kubectl-process.ts';
import { createLineTail } from './line-tail.ts';
import { diagnose, pluginWords } from './output.ts';
import { parseServices, type Service } from './services.ts';

export type ReadServices = {
  subject: FaultSubject;
  kubeconfig: string | null;
  service: string | null;
  timeoutMs: number;
};

/** The services of a namespace are some hundred KB at most. */
const MOST_CHARACTERS = 16 * 1_048_576;

/**
 * One service of the namespace, or all of them (`service` null), read by `kubectl get`.
 * @throws AgentError `kubectl/*`; `agent/aborted` when `signal` aborts
 */
export async function readServices(deps: KubectlDeps, question: ReadServices, signal: AbortSignal): Promise<Service[]> {
  const { subject, kubeconfig, service, timeoutMs } = question;
  const { context, namespace } = subject;
  const args = readServicesArgs({ kubeconfig, context, namespace, service, timeoutMs });
  const stdout: string[] = [];
  const stderr = createLineTail();
  let characters = 0;
  const kubectl = await startKubectl(deps, args, {
    stdout(line) {
      const before = characters;
      characters += line.length;
      if (characters <= MOST_CHARACTERS) stdout.push(line);
      else if (before <= MOST_CHARACTERS) void kubectl.end();
    },
    stderr: (line) => stderr.push(line),
  });
  let late = false;
  const cancel = afterRunning(deps.clock, timeoutMs, () => {
    late = true;
    void kubectl.end();
  });
  const onAbort = () => void kubectl.end();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const { exitCode } = await kubectl.exited;
  cancel();
  signal.removeEventListener('abort', onAbort);
  if (signal.aborted) throw new AgentError('agent/aborted', 'Reading the services was broken off', { retryable: true });
  const services = exitCode === 0 && characters <= MOST_CHARACTERS ? parseServices(stdout.join('\n')) : null;
  if (services) return services;
  if (characters > MOST_CHARACTERS) throw kubectlError('exited', subject, { words: 'it answered more than 16 MiB' });
  throw causeOf(stderr.lines(), subject, late ? 'start-timeout' : 'exited');
}

/** The error that kubectl's last lines tell of, else `fallback`. */
export function causeOf(
  stderr: readonly string[],
  subject: FaultSubject,
  fallback: 'start-timeout' | 'exited' | 'probe-failed',
  cause?: unknown,
): AgentError {
  const diagnosis = diagnose(stderr);
  if (diagnosis === null) return kubectlError(fallback, subject, { words: stderr.at(-1)?.trim() ?? null, cause });
  const { fault, line } = diagnosis;
  const said = fault === 'credentials-plugin' ? pluginWords(stderr) : null;
  return kubectlError(fault, subject, { words: said === null || said === line ? line : `${said}; ${line}`, cause });
}
