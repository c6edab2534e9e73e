import type { ClusterListAnswer, ForwardView, StatusAnswer, TimeslotsAnswer } from '../contract/api.ts';

/** What the clock alone changes is left out: a client counts on from the times that stay. */

const withoutUptime = (forward: ForwardView): unknown => ({ ...forward, uptime: null });

export function statusFingerprint({ port_forwards, time_slots, process, agents, ...rest }: StatusAnswer): unknown {
  const { current_slot } = time_slots;
  return {
    ...rest,
    port_forwards: port_forwards.map(withoutUptime),
    time_slots: { ...time_slots, current_slot: current_slot && { ...current_slot, time_remaining: null } },
    process: process.started_at,
    agents: agents.map(({ clusters, ...agent }) => ({
      ...agent,
      seen_at: null,
      clusters: clusters.map((cluster) => ({ ...cluster, behind_seconds: null })),
    })),
  };
}

export function timeslotsFingerprint({ current_cycle, slots, clusters, ...rest }: TimeslotsAnswer): unknown {
  return {
    ...rest,
    current_cycle: current_cycle && { ...current_cycle, progress_percent: null },
    slots: slots.map((slot) => ({ ...slot, time_remaining: null })),
    clusters: clusters.map(({ forward, ...cluster }) => ({ ...cluster, forward: forward && withoutUptime(forward) })),
  };
}

export const clustersFingerprint = ({ clusters }: ClusterListAnswer): unknown =>
  clusters.map(({ forward, ...cluster }) => ({ ...cluster, forward: forward && withoutUptime(forward) }));
