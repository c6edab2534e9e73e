import { expect, test } from '@jest/globals';
import { ALL_CAPABILITIES, capabilityNotes, findsPodsByName, readCapabilities } from './capabilities.ts';
import { QUERIES } from './queries.ts';
import { podMatchers, type QueryScope, type Workload } from './scope.ts';

const deployment = (name: string): Workload => ({ namespace: 'shop', kind: 'Deployment', name });
const scope = (workloads: Workload[]): QueryScope => ({
  hpas: [{ namespace: 'shop', hpa: 'api' }],
  workloads,
  capabilities: ALL_CAPABILITIES,
});
const build = (name: string, about: QueryScope) => QUERIES.find((query) => query.name === name)?.build(about);

test('every query names the asker in its first line', () => {
  for (const { name, build: ask } of QUERIES) {
    expect(ask(scope([deployment('api')]))?.split('\n')[0]).toBe(`# hpa-watch ${name}`);
  }
});

test('without a known target there is nothing to ask about pods, and the HPA is asked about all the same', () => {
  const asked = QUERIES.filter(({ build: ask }) => ask(scope([])) !== null).map(({ name }) => name);
  expect(asked).toEqual(['replicas', 'metrics', 'conditions']);
});

test.each([
  ['short names with their dash', [deployment('api')], 'namespace=~"shop",pod=~"(?:api-).*"'],
  [
    'at most 40 characters of a long one',
    [deployment('x'.repeat(60))],
    `namespace=~"shop",pod=~"(?:${'x'.repeat(40)}).*"`,
  ],
  [
    'no prefix for a kind that names pods in its own way',
    [{ ...deployment('a'), kind: 'CloneSet' }],
    'namespace=~"shop"',
  ],
  ['no prefix for very many', Array.from({ length: 101 }, (_, i) => deployment(`d${i}`)), 'namespace=~"shop"'],
])('the prefilter on pods has %s', (_what, workloads, expected) => {
  expect(podMatchers({ workloads })).toBe(expected);
});

test('a name with regular expression characters stays a literal', () => {
  expect(build('cpu', scope([deployment('api.v2')]))).toContain('owner_name=~"api\\\\.v2"');
});

test('revisions are the ReplicaSets that have pods, and of StatefulSets what their controller says', () => {
  const stateful: Workload = { namespace: 'shop', kind: 'StatefulSet', name: 'queue' };
  expect(build('revisions', scope([deployment('api')]))).toContain('by (namespace,replicaset,owner_kind,owner_name)');
  expect(build('revisions', scope([deployment('api')]))).not.toContain('statefulset');
  expect(build('revisions', scope([stateful]))).toContain('statefulset=~"queue"');
  const withoutOwners = { ...scope([deployment('api')]), capabilities: capabilities('kube_pod_owner') };
  expect(build('revisions', withoutOwners)).toBeNull();
  expect(build('revisions', { ...withoutOwners, workloads: [stateful] })).toBeNull();
});

const capabilities = (...names: string[]) =>
  readCapabilities(names.map((name) => ({ labels: { __name__: name }, times: [0], values: [1] })));

test.each([
  ['owners told', ['kube_pod_owner', 'kube_replicaset_owner'], false],
  ['no owner of ReplicaSets', ['kube_pod_owner'], true],
  ['no kube-state-metrics at all', ['container_cpu_usage_seconds_total'], false],
])('%s: pods by name is %j %s', (_what, names, expected) => {
  expect(findsPodsByName(capabilities(...names))).toBe(expected);
});

test('all there means no note; nothing of kube-state-metrics is one note', () => {
  expect(capabilityNotes(ALL_CAPABILITIES)).toEqual([]);
  expect(capabilityNotes(capabilities())).toHaveLength(1);
});
