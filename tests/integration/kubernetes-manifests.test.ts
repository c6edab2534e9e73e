import { afterAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatefulSet } from 'kubernetes-types/apps/v1.d.ts';
import type { ConfigMap, Container, Namespace, PodSpec, Secret, Service } from 'kubernetes-types/core/v1.d.ts';
import type { NetworkPolicy } from 'kubernetes-types/networking/v1.d.ts';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.d.ts';
import { loadConfig } from '../../agent/src/config/load.ts';
import { createHostCheck } from '../../agent/src/http/hosts.ts';
import { parseDockerfile } from '../rig/dockerfile.ts';
import { repository } from '../rig/image-rehearsal.ts';
import { objectsIn, only, rendered, schemaProblems, type KubernetesObject } from '../rig/kustomize.ts';

/** deploy/kubernetes as kubectl renders it, against Kubernetes' own types, what the agent accepts, and itself. No cluster is needed. */

const base = rendered('deploy/kubernetes/base');
const example = rendered('deploy/kubernetes/example');
const secrets = objectsIn(readFileSync(join(repository, 'deploy/kubernetes/base/secrets.example.yaml'), 'utf8'));
const NATIVE = [...base, ...secrets, ...example.filter(({ kind }) => kind !== 'ServiceMonitor')];

const podOf = (objects: readonly KubernetesObject[]): PodSpec =>
  only<StatefulSet>(objects, 'StatefulSet').spec!.template.spec!;
const pod = podOf(base);
const [agent] = pod.containers as [Container];
const labels = only<StatefulSet>(base, 'StatefulSet').spec!.template.metadata!.labels!;
const selects = (selector: Record<string, string> | undefined): boolean =>
  selector !== undefined &&
  Object.entries(selector).length > 0 &&
  Object.entries(selector).every(([key, value]) => labels[key] === value);

const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-manifests-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

describe('what is rendered', () => {
  test('has the fields that Kubernetes has, of the kinds that it has, and those that it wants', () => {
    expect(schemaProblems(NATIVE)).toEqual([]);
  }, 60_000);

  test.each<[string, (set: StatefulSet) => void]>([
    ['readinesProbe', (set) => Object.assign(set.spec!.template.spec!.containers[0]!, { readinesProbe: {} })],
    ['imagePullPolicy', (set) => Object.assign(set.spec!.template.spec!.containers[0]!, { imagePullPolicy: 1 })],
    ['serviceName', (set) => Reflect.deleteProperty(set.spec!, 'serviceName')],
  ])('a mistake about %s would be found', (name, spoil) => {
    const wrong = structuredClone(only<StatefulSet>(base, 'StatefulSet'));
    spoil(wrong);
    expect(schemaProblems([wrong as unknown as KubernetesObject]).join('\n')).toContain(name);
  });

  test.each([
    ['base', base],
    ['example', example],
  ])('%s is all in one namespace, and each thing once', (_, objects) => {
    const namespace = only<Namespace>(objects, 'Namespace').metadata!.name;
    const others = objects.filter(({ kind }) => kind !== 'Namespace');
    expect(new Set(others.map(({ metadata }) => metadata.namespace))).toEqual(new Set([namespace]));
    expect(new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).size).toBe(objects.length);
    expect(secrets.every(({ metadata }) => metadata.namespace === namespace)).toBe(true);
  });

  test('an overlay changes what it names, and nothing else of the pods', () => {
    expect(only<StatefulSet>(example, 'StatefulSet').spec!.replicas).toBe(3);
    const [container] = podOf(example).containers as [Container];
    expect(container.image).toMatch(/^registry\.example\.org\/team\/hpa-watch-agent@sha256:[0-9a-f]{64}$/);
    expect(container.resources!.limits!.memory).toBe('5Gi');
    expect({ ...container, image: '', resources: null }).toEqual({ ...agent, image: '', resources: null });
  });
});

describe('the pods', () => {
  test('may run where the restricted standard of pod security is enforced', () => {
    expect(only<Namespace>(base, 'Namespace').metadata!.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(pod.securityContext!.runAsUser).toBeGreaterThan(0);
    for (const { securityContext } of pod.containers)
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    const kinds = pod.volumes!.flatMap((volume) => Object.keys(volume).filter((key) => key !== 'name'));
    expect(kinds.filter((kind) => !['emptyDir', 'configMap', 'secret'].includes(kind))).toEqual([]);
    expect([pod.hostNetwork, pod.hostPID, pod.automountServiceAccountToken]).toEqual([undefined, undefined, false]);
  });

  test('get every volume that they mount, and mount every one that they get, secrets read-only', () => {
    const { volumeClaimTemplates } = only<StatefulSet>(base, 'StatefulSet').spec!;
    const there = [
      ...pod.volumes!.map(({ name }) => name),
      ...volumeClaimTemplates!.map(({ metadata }) => metadata!.name!),
    ];
    expect(agent.volumeMounts!.map(({ name }) => name).sort()).toEqual(there.sort());
    const secret = pod.volumes!.filter((volume) => volume.secret ?? volume.configMap).map(({ name }) => name);
    for (const { name, readOnly, subPath } of agent.volumeMounts!.filter((mount) => secret.includes(mount.name)))
      expect({ name, readOnly, subPath }).toEqual({ name, readOnly: true, subPath: undefined });
    // Not for others, but for the group that the volumes are given to.
    for (const { secret: of } of pod.volumes!) if (of) expect(of.defaultMode).toBe(0o440);
  });

  test('find each secret and each key of it in the example', () => {
    const known = new Map(
      secrets.map((object) => [object.metadata.name, Object.keys((object as unknown as Secret).stringData!)]),
    );
    const fromVolumes = pod.volumes!.flatMap(({ secret }) =>
      secret ? [[secret.secretName!, secret.items?.map(({ key }) => key) ?? []] as const] : [],
    );
    const fromEnv = agent.env!.flatMap(({ valueFrom }) =>
      valueFrom?.secretKeyRef ? [[valueFrom.secretKeyRef.name!, [valueFrom.secretKeyRef.key]] as const] : [],
    );
    for (const [name, keys] of [...fromVolumes, ...fromEnv])
      expect(known.get(name)).toEqual(expect.arrayContaining([...keys]));
    expect([...known.keys()].sort()).toEqual([...new Set([...fromVolumes, ...fromEnv].map(([name]) => name))].sort());
  });

  test('run as the user of the image, and its command', () => {
    const user = parseDockerfile(readFileSync(join(repository, 'agent/Dockerfile'), 'utf8'), {
      TARGETARCH: 'amd64',
    }).stages.at(-1)!;
    // `node` of the official image.
    expect(user.steps.findLast(({ keyword }) => keyword === 'USER')?.text).toBe('node');
    expect(pod.securityContext!.runAsUser).toBe(1000);
    expect([agent.command, agent.args]).toEqual([undefined, undefined]);
    const version = (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { version: string }).version;
    expect(agent.image).toBe(`registry.example.org/hpa-watch-agent:${version}`);
  });

  test('have room for the buffer on their volume, and time to stop', () => {
    const [claim] = only<StatefulSet>(base, 'StatefulSet').spec!.volumeClaimTemplates!;
    expect(claim!.spec!.resources!.requests!.storage).toBe('1Gi');
    const { bufferBytes } = loadConfig({ file: null, env: {}, cwd: '/' });
    expect(bufferBytes * 2).toBeLessThanOrEqual(2 ** 30);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10);
  });
});

describe('the agent in them', () => {
  /** What the mounted files are in a pod, put into a directory here. */
  const environment = (): Record<string, string> => {
    const settings = only<ConfigMap>(base, 'ConfigMap').data!['settings.yaml']!;
    const written = { settings, token: 'kubernetes-tests-0123456789', password: 'p@ss/word' };
    for (const [name, text] of Object.entries(written)) writeFileSync(join(dir, name), text);
    const paths: Record<string, string> = {
      HPA_WATCH_CONFIG: join(dir, 'settings'),
      HPA_WATCH_TOKEN_FILE: join(dir, 'token'),
      HPA_WATCH_DATABASE_PASSWORD_FILE: join(dir, 'password'),
    };
    const url = only<Secret>(secrets, 'Secret', 'hpa-watch-database').stringData!.url!;
    return Object.fromEntries(agent.env!.map(({ name, value }) => [name, paths[name] ?? value ?? url]));
  };

  test('accepts its environment and settings', () => {
    const config = loadConfig({ file: null, env: environment(), cwd: '/' });
    expect(config.listen).toMatchObject({ host: '0.0.0.0', port: 8085, allowPublic: true });
    expect(config.dataDir).toBe('/data');
    expect(config.auth.tokenFile).toBe(join(dir, 'token'));
    const url = new URL(config.databaseUrl!);
    expect([url.username, decodeURIComponent(url.password), url.port]).toEqual(['hpa_watch', 'p@ss/word', '5432']);
  });

  test('is given no variable that it does not know, and files that are mounted', () => {
    const documented = readFileSync(join(repository, 'docs/settings.md'), 'utf8');
    for (const { name } of agent.env!) if (name !== 'HOME') expect(documented).toContain(`\`${name}\``);
    const mounts = agent.volumeMounts!.map(({ mountPath }) => mountPath);
    const files = agent.env!.flatMap(({ value }) => (value?.startsWith('/') ? [value] : []));
    expect(files.length).toBeGreaterThan(4);
    for (const file of files) expect(mounts.some((mount) => file === mount || file.startsWith(`${mount}/`))).toBe(true);
  });

  test('its ports, probes and services meet', () => {
    expect(agent.ports).toEqual([{ name: 'http', containerPort: 8085, protocol: 'TCP' }]);
    const probes = [agent.startupProbe, agent.livenessProbe, agent.readinessProbe].map((probe) => probe!.httpGet!);
    expect(probes.map(({ path, port }) => [path, port])).toEqual([
      ['/healthz', 'http'],
      ['/healthz', 'http'],
      ['/readyz', 'http'],
    ]);
    for (const name of ['hpa-watch', 'hpa-watch-agents']) {
      const { spec } = only<Service>(base, 'Service', name);
      expect(spec!.ports).toEqual([{ name: 'http', port: 8085, targetPort: 'http', protocol: 'TCP' }]);
      expect(selects(spec!.selector)).toBe(true);
    }
    const { spec } = only<StatefulSet>(base, 'StatefulSet');
    const headless = only<Service>(base, 'Service', spec!.serviceName);
    expect(headless.spec!.clusterIP).toBe('None');
    expect(selects(spec!.selector.matchLabels)).toBe(true);
  });

  test.each(['hpa-watch.hpa-watch.svc:8085', 'hpa-watch:8085', 'hpa-watch-1.hpa-watch-agents.hpa-watch.svc:8085'])(
    'answers for %s',
    (host) => {
      for (const objects of [base, example]) {
        const path = join(dir, 'hosts');
        writeFileSync(path, only<ConfigMap>(objects, 'ConfigMap').data!['settings.yaml']!);
        const { listen } = loadConfig({ file: path, env: { HPA_WATCH_HOST: '0.0.0.0' }, cwd: '/' });
        expect(createHostCheck({ listenHost: listen.host, allowedHosts: listen.allowedHosts })(host)).toBeUndefined();
      }
    },
  );
});

describe('what stands around them', () => {
  test('drains go one agent at a time', () => {
    const { spec } = only<PodDisruptionBudget>(base, 'PodDisruptionBudget');
    expect(spec!.maxUnavailable).toBe(1);
    expect(selects(spec!.selector!.matchLabels)).toBe(true);
  });

  test('the network policy is about them, and about none but them where it names others', () => {
    const { spec } = only<NetworkPolicy>(base, 'NetworkPolicy');
    expect(selects(spec!.podSelector.matchLabels)).toBe(true);
    expect(spec!.policyTypes).toEqual(['Ingress', 'Egress']);
    const others = [...spec!.ingress!.flatMap(({ from = [] }) => from), ...spec!.egress!.flatMap(({ to = [] }) => to)];
    expect(others.map(({ podSelector }) => podSelector!.matchLabels)).toEqual([
      { 'app.kubernetes.io/name': 'grafana' },
      { 'app.kubernetes.io/name': 'prometheus' },
      { 'k8s-app': 'kube-dns' },
    ]);
    expect(spec!.ingress!.map(({ ports }) => ports)).toEqual([[{ port: 'http', protocol: 'TCP' }]]);
    const out = spec!.egress!.flatMap(({ ports = [] }) => ports.map(({ port }) => port));
    expect(out).toEqual(expect.arrayContaining([53, 443, 6443, 5432]));
  });

  test('a Prometheus Operator scrapes each agent by a name that it answers for, with its token', () => {
    const { spec } = only<{
      spec: { selector: { matchLabels: Record<string, string> }; endpoints: Record<string, unknown>[] };
    }>(example, 'ServiceMonitor');
    const headless = only<Service>(example, 'Service', 'hpa-watch-agents');
    expect(headless.metadata!.labels).toMatchObject(spec.selector.matchLabels);
    const other = only<Service>(example, 'Service', 'hpa-watch').metadata!.labels!;
    expect(Object.entries(spec.selector.matchLabels).every(([key, value]) => other[key] === value)).toBe(false);
    const token = secrets.find(({ metadata }) => metadata.name === 'hpa-watch-tokens') as unknown as Secret;
    expect(spec.endpoints).toEqual([
      expect.objectContaining({
        port: 'http',
        path: '/metrics',
        authorization: {
          type: 'Bearer',
          credentials: { name: token.metadata!.name, key: Object.keys(token.stringData!)[0] },
        },
        relabelings: [
          expect.objectContaining({
            targetLabel: '__address__',
            replacement: '$1.hpa-watch-agents.hpa-watch.svc:8085',
          }),
        ],
      }),
    ]);
  });
});
