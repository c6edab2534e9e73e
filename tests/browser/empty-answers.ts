import type { AnomalyListAnswer, ClusterListAnswer, TimeslotsAnswer } from '../../agent/src/contract/api.ts';

/** What an agent answers that has nothing to tell yet. */

export const NO_CLUSTERS: ClusterListAnswer = { status: 'success', clusters: [] };

export const NO_ANOMALIES: AnomalyListAnswer = {
  status: 'success',
  anomalies: [],
  removed: [],
  revision: 'r.1',
  full: true,
  total: 0,
  next_cursor: null,
};

export const IDLE: TimeslotsAnswer = {
  status: 'success',
  configuration: {
    total_clusters: 0,
    total_slots: 0,
    slot_duration: '30s',
    cycle_duration: '0s',
    cadence_exceeded: false,
    parallel_scans: true,
    ports: [55_553, 55_554],
  },
  current_cycle: null,
  slots: [],
  clusters: [],
};
