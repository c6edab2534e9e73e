import { homedir } from 'node:os';
import { afterRunning } from '../core/clock.ts';
import { AgentError, isAgentError, toAgentError } from '../core/errors.ts';
import type { LocalEndpoint, PrometheusLocation } from '../domain/cluster.ts';
import { forwardArgs } from './args.ts';
import { kubectlError, withLogin, type FaultSubject } from './faults.ts';
import { startKubectl, type KubectlDeps, type KubectlExit } from './kubectl-process.ts';
import { readLogin } from './login.ts';
import { listeningOn } from './output.ts';
import { causeOf, readServices } from './read-services.ts';
import { choosePort, findPrometheusService, portNote, portsOf, type Service } from './services.ts';
import type { OpenTunnel, Tunnel, TunnelObserver } from './tunnel.ts';

export type KubectlTunnelPlan = {
  context: string;
  prometheus: Pick<PrometheusLocation, 'namespace' | 'service' | 'port'>;
  endpoint: LocalEndpoint;
  kubeconfig: string | null;
  /** Longest wait for `Forwarding from`. */
  startTimeoutMs: number;
};

type Destination = { service: string; port: number; note: string | null };

/** `service: auto` in the settings. */
const AUTO = 'auto';

/**
 * Opens `kubectl port-forward` to a cluster's Prometheus. The service is looked up where it is `auto`, its port where kubectl
 * says that it has no such port; what was found is kept until it proves wrong.
 */
export function openKubectl(deps: KubectlDeps, plan: KubectlTunnelPlan): OpenTunnel {
  const asked: Destination = { service: plan.prometheus.service, port: plan.prometheus.port, note: null };
  let found: Destination | null = null;

  const subjectOf = ({ service, port }: Destination): FaultSubject => ({
    context: plan.context,
    namespace: plan.prometheus.namespace,
    service,
    port,
    endpoint: plan.endpoint,
    kubectlPath: deps.kubectlPath,
  });

  async function lookUp(signal: AbortSignal): Promise<Destination> {
    const auto = asked.service === AUTO;
    const subject = subjectOf(asked);
    const question = {
      subject,
      kubeconfig: plan.kubeconfig,
      service: auto ? null : asked.service,
      timeoutMs: plan.startTimeoutMs,
    };
    const services = await readServices(deps, question, signal);
    return auto ? pickService(services, subject, asked.port) : pickPort(services[0], subject, asked.port);
  }

  const { KUBECONFIG: kubeconfigEnv, HOME: home = homedir() } = deps.env;
  const login = () => readLogin({ kubeconfig: plan.kubeconfig, kubeconfigEnv, home }, plan.context);
  const told = (error: unknown) => withLogin(toAgentError(error), subjectOf(found ?? asked), login);

  return async (observer, signal) => {
    try {
      const tunnel = await open(observer, signal);
      return { ...tunnel, ended: tunnel.ended.then(told) };
    } catch (error) {
      throw await told(error);
    }
  };

  async function open(observer: TunnelObserver, signal: AbortSignal): Promise<Tunnel> {
    const destination = found ?? (asked.service === AUTO ? await lookUp(signal) : asked);
    if (destination.note !== null) observer.onNote(destination.note);
    try {
      const tunnel = await forwardOnce(deps, plan, subjectOf(destination), observer, signal);
      found = destination;
      return tunnel;
    } catch (error) {
      const wasLookedUp = destination !== asked;
      if (isAgentError(error) && /^kubectl\/(?:port|service)-missing$/.test(error.code)) found = null;
      if (wasLookedUp || !isAgentError(error) || error.code !== 'kubectl/port-missing') throw error;
      found = await lookUp(signal);
      if (found.note !== null) observer.onNote(found.note);
      return forwardOnce(deps, plan, subjectOf(found), observer, signal);
    }
  }
}

function pickService(services: readonly Service[], subject: FaultSubject, wantedPort: number): Destination {
  const search = findPrometheusService(services, wantedPort);
  if (search.kind === 'found') {
    const service = search.service.metadata.name;
    const note = `service auto: using ${service}, port ${search.choice.port}`;
    return { service, port: search.choice.port, note };
  }
  const names = search.kind === 'none' ? search.seen : search.candidates;
  const seen = names.length === 0 ? 'it has no services' : `it has ${names.join(', ')}`;
  const place = `namespace "${subject.namespace}" of context "${subject.context}"`;
  const message =
    search.kind === 'none'
      ? `${place} shows no Prometheus service (${seen}): set prometheus.service or prometheus.namespace`
      : `${place} has several services that could be Prometheus (${names.join(', ')}): set prometheus.service to one of them`;
  throw new AgentError('kubectl/service-missing', message, { details: { context: subject.context, services: names } });
}

function pickPort(service: Service | undefined, subject: FaultSubject, wantedPort: number): Destination {
  const choice = service ? choosePort(service, wantedPort) : null;
  if (service && choice) {
    const { name } = service.metadata;
    return { service: name, port: choice.port, note: portNote(name, wantedPort, choice) };
  }
  const ports = service ? portsOf(service) : [];
  throw kubectlError('port-missing', subject, { words: `the service has the ports ${ports.join(', ') || 'none'}` });
}

async function forwardOnce(
  deps: KubectlDeps,
  plan: KubectlTunnelPlan,
  subject: FaultSubject,
  { stderr, onPid }: TunnelObserver,
  signal: AbortSignal,
): Promise<Tunnel> {
  const { promise: listening, resolve: onListening } = Promise.withResolvers<LocalEndpoint>();
  stderr.mark();
  const args = forwardArgs({
    ...subject,
    port: subject.port ?? plan.prometheus.port,
    endpoint: plan.endpoint,
    kubeconfig: plan.kubeconfig,
    // Earlier than our own limit, so that kubectl itself can say what it waited for.
    podTimeoutMs: plan.startTimeoutMs * 0.8,
  });
  const kubectl = await startKubectl(deps, args, {
    stdout(line) {
      const at = listeningOn(line);
      if (at) onListening(at);
    },
    stderr: (line) => stderr.push(line),
  });
  onPid(kubectl.pid);
  const ended = kubectl.exited.then((exit) => exitCause(exit, stderr.sinceMark(), subject));
  const close = async () => {
    await kubectl.end();
    onPid(null);
  };

  const { promise: gaveUp, resolve: giveUp } = Promise.withResolvers<AgentError>();
  const cancel = afterRunning(deps.clock, plan.startTimeoutMs, () =>
    giveUp(causeOf(stderr.sinceMark(), subject, 'start-timeout')),
  );
  const onAbort = () =>
    giveUp(new AgentError('agent/aborted', 'Starting the forward was broken off', { retryable: true }));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const first = await Promise.race([listening, ended, gaveUp]);
  cancel();
  signal.removeEventListener('abort', onAbort);
  if (isAgentError(first)) {
    await close();
    throw first;
  }
  const { address, port } = first;
  return {
    baseUrl: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    ended,
    explain: (error) => explainProbe(error, stderr.sinceMark(), subject),
    close,
  };
}

function exitCause({ exitCode, signal }: KubectlExit, stderr: readonly string[], subject: FaultSubject): AgentError {
  const cause = causeOf(stderr, subject, 'exited');
  if (cause.code !== 'kubectl/exited' || stderr.length > 0) return cause;
  return kubectlError('exited', subject, { words: signal === null ? `exit code ${exitCode}` : `ended by ${signal}` });
}

/** What Prometheus itself answered stands; where nothing came, kubectl's stderr knows more than the client does. */
function explainProbe(error: unknown, stderr: readonly string[], subject: FaultSubject): AgentError {
  const silent =
    !isAgentError(error) || /^prometheus\/(?:unreachable|timeout)$/.test(error.code) || error.code.startsWith('agent/');
  if (!silent) return error;
  const words = error instanceof Error ? error.message : String(error);
  const cause = causeOf(stderr, subject, 'probe-failed', error);
  return cause.code === 'kubectl/probe-failed' ? kubectlError('probe-failed', subject, { words, cause: error }) : cause;
}
