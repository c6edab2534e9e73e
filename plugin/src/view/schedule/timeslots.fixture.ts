import type { ClusterSchedule, ForwardView, SlotView, TimeslotsAnswer } from '@hpa-watch/agent/contract';

/** 2026-01-05 12:00 UTC */
export const CYCLE_START = Date.UTC(2026, 0, 5, 12);

export const forwardOf = (cluster: string, change: Partial<ForwardView> = {}): ForwardView => ({
  cluster,
  mode: 'forward',
  port: 55_553,
  address: '127.0.0.1',
  status: 'active',
  uptime: '12h',
  restarts: 0,
  last_error: null,
  retry_at: null,
  pid: 4_242,
  note: null,
  ...change,
});

export const clusterOf = (cluster: string, slot: number | null, port: number): ClusterSchedule => ({
  cluster,
  lane_port: port,
  slot_index: slot,
  hpas: 6,
  forward: forwardOf(cluster, { port }),
  last_scan: null,
  scans: { since: new Date(CYCLE_START).toISOString(), total: 0, failed: 0, overruns: 0, mean_ms: null, max_ms: null },
});

/** Two lanes; `names[slot]` is who has it, one a lane. */
export function timeslotsOf(names: (string | null)[][], slotSeconds: number, progress: number): TimeslotsAnswer {
  const ports = [55_553, 55_554];
  const cycleSeconds = names.length * slotSeconds;
  const slots = names.map((slot, index): SlotView => {
    const lanes = ports.map((port, lane) => ({
      port,
      cluster: slot[lane] ?? null,
      prometheus_url: null,
      last_scan: null,
    }));
    return {
      index,
      start_offset: `${index * slotSeconds}s`,
      duration: `${slotSeconds}s`,
      is_active: index === 0,
      last_executed: null,
      executing_since: null,
      time_remaining: null,
      lanes,
    };
  });
  const clusters = names.flatMap((slot, index) =>
    slot.flatMap((name, lane) => (name === null ? [] : [clusterOf(name, index, ports[lane] ?? 0)])),
  );
  return {
    status: 'success',
    configuration: {
      total_clusters: clusters.length,
      total_slots: names.length,
      slot_duration: `${slotSeconds}s`,
      cycle_duration: `${cycleSeconds}s`,
      cadence_exceeded: cycleSeconds > 60,
      parallel_scans: true,
      ports,
    },
    current_cycle:
      names.length === 0
        ? null
        : {
            started_at: new Date(CYCLE_START).toISOString(),
            ends_at: new Date(CYCLE_START + cycleSeconds * 1_000).toISOString(),
            progress_percent: progress,
            current_slot_index: 0,
          },
    slots,
    clusters,
  };
}
