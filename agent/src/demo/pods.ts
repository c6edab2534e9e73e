import { SECOND } from '../core/clock.ts';
import { between, keyOf, mix } from './rng.ts';
import type { HpaSpec } from './spec.ts';

/** One pod of a simulated workload. Times are epoch ms. */
export type Pod = {
  name: string;
  /** Name of its ReplicaSet; null where the target owns its pods itself. */
  replicaSet: string | null;
  ordinal: number;
  createdAt: number;
  /** When its containers started; null: pending. */
  startedAt: number | null;
  ready: boolean;
  readyChangedAt: number;
  readyAt: number;
  /** Its share of the load against the mean. */
  weight: number;
  /** CPU seconds used so far, per container; back to 0 when it restarts. */
  cpuSeconds: number[];
  /** Working set in bytes, per container, whole pages. */
  memoryBytes: number[];
  /** CPU cores in use during the last two ticks. */
  cores: number;
  coresBefore: number;
};

/** The target of an HPA: what a Deployment, Rollout or StatefulSet controller keeps. */
export type Workload = {
  pods: Pod[];
  /** Current ReplicaSet; null for a StatefulSet. */
  replicaSet: string | null;
  /** What a StatefulSet's status calls its update revision; null for the others. */
  updateRevision: string | null;
  revision: number;
  created: number;
};

// https://github.com/kubernetes/apimachinery/blob/master/pkg/util/rand/rand.go
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

function safeName(key: number, counter: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += ALPHABET[mix(key, counter * 16 + i) % ALPHABET.length];
  return text;
}

/** A Deployment's ReplicaSet and a StatefulSet's ControllerRevision are named alike, by a hash of the pod template. */
function revisionNames(
  { target }: HpaSpec,
  key: number,
  revision: number,
): Pick<Workload, 'replicaSet' | 'updateRevision'> {
  const name = `${target.name}-${safeName(key ^ 0x1f123bb5, revision, 9)}`;
  return target.kind === 'StatefulSet'
    ? { replicaSet: null, updateRevision: name }
    : { replicaSet: name, updateRevision: null };
}

export const newWorkload = (spec: HpaSpec, key: number): Workload => ({
  pods: [],
  ...revisionNames(spec, key, 0),
  revision: 0,
  created: 0,
});

/** A new revision: pods are replaced a few at a time. A StatefulSet keeps its pod names: of it only the revision shows. */
export function deploy(workload: Workload, spec: HpaSpec, key: number): void {
  workload.revision++;
  Object.assign(workload, revisionNames(spec, key, workload.revision));
}

function createPod(workload: Workload, spec: HpaSpec, key: number, now: number): Pod {
  const serial = workload.created++;
  const taken = new Set(workload.pods.map(({ ordinal }) => ordinal));
  let ordinal = 0;
  while (taken.has(ordinal)) ordinal++;
  const name =
    workload.replicaSet === null
      ? `${spec.target.name}-${ordinal}`
      : `${workload.replicaSet}-${safeName(keyOf(key, workload.replicaSet), serial, 5)}`;
  return {
    name,
    replicaSet: workload.replicaSet,
    ordinal,
    createdAt: now,
    startedAt: null,
    ready: false,
    readyChangedAt: now,
    readyAt: Infinity,
    weight: between(key ^ 0x7ed55d16, serial, 0.93, 1.07),
    cpuSeconds: spec.containers.map(() => 0),
    memoryBytes: spec.containers.map(() => 0),
    cores: 0,
    coresBefore: 0,
  };
}

/** The container of a pod dies and starts again: counters and memory begin anew. */
export function restart(pod: Pod, spec: HpaSpec, now: number): void {
  if (pod.startedAt === null) return;
  pod.cpuSeconds.fill(0);
  pod.memoryBytes.fill(0);
  pod.ready = false;
  pod.readyChangedAt = now;
  pod.readyAt = now + Math.min(spec.readyAfterMs, 30 * SECOND);
}

const isCurrent = (workload: Workload, pod: Pod): boolean => pod.replicaSet === workload.replicaSet;

/** Who goes first on a scale-down: old revisions, then not ready, then the youngest; a StatefulSet goes by ordinal. */
function victim(workload: Workload, oldOnly: boolean): Pod | undefined {
  const rank = (pod: Pod): number => {
    if (pod.replicaSet === null) return pod.ordinal;
    return (isCurrent(workload, pod) ? 0 : 4e15) + (pod.ready ? 0 : 2e15) + pod.createdAt;
  };
  let worst: Pod | undefined;
  for (const pod of workload.pods) {
    if (oldOnly && isCurrent(workload, pod)) continue;
    if (worst === undefined || rank(pod) > rank(worst)) worst = pod;
  }
  return worst;
}

const remove = (workload: Workload, pod: Pod | undefined): void => {
  if (pod !== undefined) workload.pods = workload.pods.filter((other) => other !== pod);
};

/**
 * One tick of the workload's own controller, the scheduler and the kubelets: create, start, make ready, replace, remove.
 * While `unschedulable`, new pods stay pending.
 */
export function tickWorkload(
  workload: Workload,
  spec: HpaSpec,
  key: number,
  replicas: number,
  now: number,
  unschedulable: boolean,
): void {
  for (const pod of workload.pods) {
    if (pod.startedAt === null && !unschedulable && now - pod.createdAt >= 10 * SECOND) {
      pod.startedAt = now;
      pod.readyAt = now + spec.readyAfterMs;
    }
    if (pod.startedAt !== null && !pod.ready && now >= pod.readyAt) {
      pod.ready = true;
      pod.readyChangedAt = now;
    }
  }
  const current = workload.pods.filter((pod) => isCurrent(workload, pod)).length;
  const isRolling = current < workload.pods.length;
  // RollingUpdate, maxSurge 25 % rounded up: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
  const room = isRolling ? Math.ceil(replicas * 0.25) : 0;
  let create = Math.min(replicas - current, replicas + room - workload.pods.length);
  // Pods of a StatefulSet come one at a time, each after the one before is ready.
  if (workload.replicaSet === null && create > 0) create = workload.pods.every(({ ready }) => ready) ? 1 : 0;
  for (let i = 0; i < create; i++) workload.pods.push(createPod(workload, spec, key, now));
  while (isRolling && workload.pods.filter(({ ready }) => ready).length > replicas) {
    const old = victim(workload, true);
    if (old === undefined) break;
    remove(workload, old);
  }
  while (workload.pods.length > replicas + room) remove(workload, victim(workload, false));
}
