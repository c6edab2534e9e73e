import { HOUR } from '../core/clock.ts';
import { bell, mix } from './rng.ts';
import type { Effects } from './effects.ts';
import type { Pod } from './pods.ts';
import type { HpaSpec } from './spec.ts';

const PAGE_BYTES = 4_096;
const MIB = 1_048_576;
/** CPU of a container that serves nothing, cores. */
const IDLE_CORES = 0.002;

/** Shares `cores` of work over the ready pods for one tick: counters go on, nobody beyond its limit. */
export function usePods(
  pods: readonly Pod[],
  spec: HpaSpec,
  cores: number,
  key: number,
  at: number,
  tickMs: number,
): void {
  let shares = 0;
  for (const { cpuShare } of spec.containers) shares += cpuShare;
  let weights = 0;
  for (const pod of pods) if (pod.ready) weights += pod.weight;
  for (const pod of pods) {
    pod.coresBefore = pod.cores;
    pod.cores = 0;
    if (pod.startedAt === null) continue;
    const jitter = 1 + 0.02 * bell(key + pod.ordinal, at / tickMs);
    // A pod that starts works for itself; one that is ready takes its share.
    const share = pod.ready ? (cores * pod.weight) / weights : spec.load.coresPerReplica * 0.6;
    const perShare = share * jitter;
    const sum = IDLE_CORES * spec.containers.length + perShare * shares;
    const granted = Math.min(1, spec.podLimitCores / sum);
    pod.cores = sum * granted;
    for (let i = 0; i < spec.containers.length; i++) {
      const used = (IDLE_CORES + perShare * (spec.containers[i]?.cpuShare ?? 0)) * granted;
      pod.cpuSeconds[i] = (pod.cpuSeconds[i] ?? 0) + (used * tickMs) / 1_000;
    }
  }
}

/** The working set follows the work with a minute's delay or so; a leak only grows, until its pod is replaced. */
export function workingSets(pods: readonly Pod[], spec: HpaSpec, leak: Effects['leak'], key: number, at: number): void {
  for (const pod of pods) {
    if (pod.startedAt === null) continue;
    const leakedSince = leak === null ? at : Math.max(leak.since, pod.startedAt);
    const leakedMib = leak === null ? 0 : (leak.mibPerHour * (at - leakedSince)) / HOUR;
    for (const [i, container] of spec.containers.entries()) {
      const { memoryBaseMib, memoryPerCoreMib, cpuShare } = container;
      const noise = 1 + 0.006 * bell(key ^ 0x38495ab5, mix(pod.ordinal, at / 15_000) + i);
      const wanted = (memoryBaseMib + memoryPerCoreMib * pod.cores * cpuShare) * noise + (i === 0 ? leakedMib : 0);
      const before = (pod.memoryBytes[i] ?? 0) / MIB;
      const now = before === 0 ? wanted * 0.8 : before + 0.25 * (wanted - before);
      pod.memoryBytes[i] = Math.round((now * MIB) / PAGE_BYTES) * PAGE_BYTES;
    }
  }
}
