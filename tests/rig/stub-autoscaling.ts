import type { StubHpa } from './stub-faults.ts';

const GROUP = '/apis/autoscaling/v2';
const VERSION = { groupVersion: 'autoscaling/v2', version: 'v2' };

/** What the group autoscaling answers to `kubectl get hpa`; null for any other path, and in a cluster that has no such group. */
export function answerAutoscaling(hpas: readonly StubHpa[] | undefined, path: string): object | null {
  if (hpas === undefined) return null;
  if (path === '/apis') {
    const groups = [{ name: 'autoscaling', versions: [VERSION], preferredVersion: VERSION }];
    return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  }
  if (path === GROUP) {
    const resource = {
      name: 'horizontalpodautoscalers',
      singularName: 'horizontalpodautoscaler',
      namespaced: true,
      kind: 'HorizontalPodAutoscaler',
      verbs: ['get', 'list'],
      shortNames: ['hpa'],
    };
    return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: VERSION.groupVersion, resources: [resource] };
  }
  const list = (items: object[]) => ({
    kind: 'HorizontalPodAutoscalerList',
    apiVersion: VERSION.groupVersion,
    metadata: { resourceVersion: '1' },
    items,
  });
  if (path === `${GROUP}/horizontalpodautoscalers`) return list(hpas.map(bodyOf));
  const [, namespace, name] = /\/namespaces\/([^/]+)\/horizontalpodautoscalers\/([^/]+)$/.exec(path) ?? [];
  const one = hpas.find((hpa) => hpa.namespace === namespace && hpa.name === name);
  return one ? bodyOf(one) : null;
}

const bodyOf = ({ namespace, name, target, min, max, replicas }: StubHpa) => ({
  kind: 'HorizontalPodAutoscaler',
  apiVersion: VERSION.groupVersion,
  metadata: { name, namespace, uid: `hpa-${namespace}-${name}`, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: target },
    minReplicas: min,
    maxReplicas: max,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
  },
  status: {
    currentReplicas: replicas,
    desiredReplicas: replicas,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 52, averageValue: '260m' } } },
    ],
    conditions: ['AbleToScale', 'ScalingActive', 'ScalingLimited'].map((type) => ({
      type,
      status: type === 'ScalingLimited' ? 'False' : 'True',
      reason: 'AsExpected',
      message: 'as expected',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })),
  },
});
