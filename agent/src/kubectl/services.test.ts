import { describe, expect, test } from '@jest/globals';
import { choosePort, findPrometheusService, parseServices, portNote, portsOf, type Service } from './services.ts';

type Port = { port: number; targetPort?: number | string; protocol?: string };

const service = (
  name: string,
  ports: Port[] = [{ port: 9090 }],
  more: Partial<Service['metadata'] & Service['spec']> = {},
) =>
  ({
    metadata: { name, labels: more.labels },
    spec: { selector: more.selector === undefined ? { app: name } : more.selector, type: more.type, ports },
  }) satisfies Service;

describe('the port that leads to Prometheus', () => {
  test.each<[string, Port[], number, number | null, string | null]>([
    ['the one asked for', [{ port: 80 }, { port: 9090 }], 9090, 9090, 'has-it'],
    ['80 that targets 9090', [{ port: 80, targetPort: 9090 }, { port: 8080 }], 9090, 80, 'targets-it'],
    ['the only one', [{ port: 80, targetPort: 'http' }], 9090, 80, 'only-one'],
    [
      'what targets 9090 though 9191 was asked for',
      [{ port: 80, targetPort: 9090 }, { port: 81 }],
      9191,
      80,
      'targets-9090',
    ],
    ['none of two that cannot be told apart', [{ port: 80 }, { port: 81 }], 9090, null, null],
    [
      'TCP, not UDP',
      [
        { port: 9090, protocol: 'UDP' },
        { port: 80, protocol: 'TCP' },
      ],
      9090,
      80,
      'only-one',
    ],
    ['none where there is no port', [], 9090, null, null],
  ])('%s', (_, ports, wanted, port, reason) => {
    const choice = choosePort(service('p', ports), wanted);
    expect(choice?.port ?? null).toBe(port);
    expect(choice?.reason ?? null).toBe(reason);
  });

  test.each([
    [{ port: 9090, reason: 'has-it' } as const, null],
    [{ port: 80, reason: 'targets-it' } as const, 'service p has no port 9090; using 80, which targets 9090'],
    [{ port: 80, reason: 'only-one' } as const, 'service p has no port 9090; using 80, its only port'],
  ])('%j is told as %j', (choice, note) => expect(portNote('p', 9090, choice)).toBe(note));

  test('the ports of a service are its TCP ports', () => {
    expect(portsOf(service('p', [{ port: 1, protocol: 'UDP' }, { port: 2 }]))).toEqual([2]);
  });
});

describe('the Prometheus service of a namespace', () => {
  const others = [
    'grafana',
    'prometheus-alertmanager',
    'prometheus-node-exporter',
    'prometheus-pushgateway',
    'x-operator',
  ];
  test.each([
    ['community chart', 'prometheus-server', {}],
    ['chart under another release name', 'mon-prometheus-server', {}],
    [
      'kube-prometheus-stack',
      'kps-kube-prometheus-stack-prometheus',
      { labels: { app: 'kube-prometheus-stack-prometheus' } },
    ],
    ['kube-prometheus', 'prometheus-k8s', {}],
    [
      'told by labels only',
      'metrics-main',
      { labels: { 'app.kubernetes.io/name': 'prometheus', component: 'server' } },
    ],
  ])('%s: %s', (_, name, more) => {
    const all = [...others.map((other) => service(other)), service(name, [{ port: 9090 }], more)];
    expect(findPrometheusService(all, 9090)).toMatchObject({ kind: 'found', service: { metadata: { name } } });
  });

  test('the headless service of the operator only where there is no better one', () => {
    const headless = service('prometheus-operated');
    expect(findPrometheusService([headless], 9090)).toMatchObject({ service: headless });
    expect(findPrometheusService([headless, service('kps-prometheus')], 9090)).toMatchObject({
      service: { metadata: { name: 'kps-prometheus' } },
    });
  });

  test('two that are equally likely are not guessed at', () => {
    expect(findPrometheusService([service('a-prometheus'), service('b-prometheus')], 9090)).toEqual({
      kind: 'ambiguous',
      candidates: ['a-prometheus', 'b-prometheus'],
    });
  });

  test.each([
    ['no selector', service('prometheus', [{ port: 9090 }], { selector: null })],
    ['an external name', service('prometheus', [{ port: 9090 }], { type: 'ExternalName' })],
    ['no usable port', service('prometheus', [{ port: 1 }, { port: 2 }])],
    ['another service', service('grafana')],
  ])('%s is none', (_, only) => {
    expect(findPrometheusService([only], 9090)).toEqual({ kind: 'none', seen: [only.metadata.name] });
  });
});

test.each([
  ['a list', JSON.stringify({ items: [service('a')] }), ['a']],
  ['an empty list', '{"items":[]}', []],
  ['one service', JSON.stringify(service('b')), ['b']],
  ['a status', '{"kind":"Status"}', null],
  ['no JSON', 'error', null],
])('%s is read', (_, json, names) => {
  expect(parseServices(json)?.map(({ metadata }) => metadata.name) ?? null).toEqual(names);
});
