import { z } from 'zod';
import { isNamespaceName } from '../domain/hpa.ts';

const port = z.int().min(1).max(65_535);

/** What is read of a Kubernetes service. Its name is a label, as that of a namespace: it becomes an argument of kubectl. */
const serviceSchema = z.object({
  metadata: z.object({ name: z.string().refine(isNamespaceName), labels: z.record(z.string(), z.string()).nullish() }),
  spec: z.object({
    type: z.string().nullish(),
    selector: z.record(z.string(), z.string()).nullish(),
    ports: z
      .array(
        z.object({
          name: z.string().nullish(),
          port,
          targetPort: z.union([z.int(), z.string()]).nullish(),
          protocol: z.string().nullish(),
        }),
      )
      .nullish(),
  }),
});

export type Service = z.infer<typeof serviceSchema>;

const answerSchema = z.union([z.object({ items: z.array(serviceSchema) }), serviceSchema]);

/** `kubectl get service(s) -o json` -> services; null where the text is no such answer. */
export function parseServices(json: string): Service[] | null {
  let raw: unknown;
  try {
    raw = JSON.parse(json);
  } catch {
    return null;
  }
  const parsed = answerSchema.safeParse(raw);
  if (!parsed.success) return null;
  return 'items' in parsed.data ? parsed.data.items : [parsed.data];
}

/** The port Prometheus listens on unless told otherwise. */
const PROMETHEUS_PORT = 9090;

export type PortChoice = { port: number; reason: 'has-it' | 'targets-it' | 'targets-9090' | 'only-one' };

/**
 * The service port that leads to Prometheus: `wanted` itself, else the one that targets `wanted`, else the one that targets
 * 9090, else the only one; null where none can be told from the others.
 */
export function choosePort(service: Service, wanted: number): PortChoice | null {
  const ports = tcpPorts(service);
  const choices: [PortChoice['reason'], typeof ports][] = [
    ['has-it', ports.filter(({ port }) => port === wanted)],
    ['targets-it', ports.filter(({ targetPort }) => targetPort === wanted)],
    ['targets-9090', ports.filter(({ targetPort }) => targetPort === PROMETHEUS_PORT)],
    ['only-one', ports],
  ];
  for (const [reason, [first, second]] of choices)
    if (first && (!second || reason !== 'only-one')) return { port: first.port, reason };
  return null;
}

const tcpPorts = ({ spec }: Service) =>
  (spec.ports ?? []).filter(({ protocol }) => protocol === undefined || protocol === null || protocol === 'TCP');

export const portsOf = (service: Service): number[] => tcpPorts(service).map(({ port }) => port);

/** One sentence for a choice that differs from what was asked for; null where it does not. */
export function portNote(service: string, wanted: number, { port, reason }: PortChoice): string | null {
  if (reason === 'has-it') return null;
  const why = {
    'targets-it': `which targets ${wanted}`,
    'targets-9090': 'which targets 9090',
    'only-one': 'its only port',
  };
  return `service ${service} has no port ${wanted}; using ${port}, ${why[reason]}`;
}

export type ServiceSearch =
  | { kind: 'found'; service: Service; choice: PortChoice }
  | { kind: 'none'; seen: string[] }
  /** Several are equally likely: which one holds the HPAs' data is not for us to guess. */
  | { kind: 'ambiguous'; candidates: string[] };

/**
 * The Prometheus service of a namespace. Names and labels are those of the community chart, kube-prometheus-stack,
 * kube-prometheus and the operator (its headless `prometheus-operated` counts least, since a better one stands beside it).
 */
export function findPrometheusService(services: readonly Service[], wantedPort: number): ServiceSearch {
  const ranked = services
    .map((service) => ({ service, choice: choosePort(service, wantedPort), likeness: likeness(service) }))
    .filter(({ likeness }) => likeness > 0)
    .sort((a, b) => b.likeness - a.likeness);
  const usable = ranked.flatMap(({ service, choice, likeness }) => (choice ? [{ service, choice, likeness }] : []));
  const [best] = usable;
  if (!best) return { kind: 'none', seen: services.map(nameOf) };
  const equals = usable.filter(({ likeness }) => likeness === best.likeness);
  if (equals.length > 1) return { kind: 'ambiguous', candidates: equals.map(({ service }) => nameOf(service)) };
  return { kind: 'found', service: best.service, choice: best.choice };
}

const nameOf = ({ metadata }: Service): string => metadata.name;

/** Parts of a Prometheus installation that carry its name and are not it. */
const NOT_PROMETHEUS =
  /alertmanager|node-exporter|pushgateway|kube-state-metrics|adapter|grafana|thanos|blackbox|operator$|-kubelet$|coredns|kube-(?:proxy|etcd|scheduler|controller)/;

/** 0: certainly not the Prometheus service; more is likelier. */
function likeness(service: Service): number {
  const { name } = service.metadata;
  const labels = service.metadata.labels ?? {};
  // kubectl cannot forward to a service without a selector.
  if (service.spec.type === 'ExternalName' || Object.keys(service.spec.selector ?? {}).length === 0) return 0;
  if (name === 'prometheus-operated' || labels['operated-prometheus'] === 'true') return 1;
  if (NOT_PROMETHEUS.test(name)) return 0;
  if (name === 'prometheus-server') return 6;
  if (name === 'prometheus' || name === 'prometheus-k8s') return 5;
  if (/prometheus-server$|-prometheus$/.test(name)) return 4;
  const app = labels['app.kubernetes.io/name'] ?? labels['app'] ?? '';
  const component = labels['app.kubernetes.io/component'] ?? labels['component'] ?? '';
  if (/prometheus/.test(app) && /^(?:server|prometheus)$/.test(component)) return 3;
  return /prometheus/.test(name) || app === 'prometheus' ? 2 : 0;
}
