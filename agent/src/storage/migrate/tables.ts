/** A table that is copied row by row as it is; samples are not among them. */
export type CopiedTable = {
  name: string;
  /** Name, type in PostgreSQL, and how the source tells it where that is not its column. */
  columns: readonly (readonly [name: string, type: string, source?: string])[];
  /** The column by whose ranges it is copied; null: as a whole. */
  range: 'id' | 'hpa_id' | null;
  /** The same order in both databases. */
  order: string;
};

const HPA_ID = ['hpa_id', 'bigint'] as const;

/** In an order in which what is referred to comes first. */
export const COPIED_TABLES: readonly CopiedTable[] = [
  {
    name: 'cluster',
    columns: [
      ['name', 'text'],
      ['definition', 'text'],
      ['lane', 'integer'],
      ['place', 'integer'],
      ['created_at', 'bigint'],
    ],
    range: null,
    order: 'name',
  },
  {
    name: 'hpa',
    columns: [
      ['id', 'bigint'],
      ['cluster', 'text'],
      ['namespace', 'text'],
      ['name', 'text'],
      ['enrolled', 'smallint'],
      ['active', 'smallint'],
      ['enrolled_at', 'bigint'],
      ['timezone', 'text'],
      ['muted_until', 'bigint'],
      ['normal_since', 'bigint'],
      ['target_kind', 'text'],
      ['target_name', 'text'],
      ['metrics', 'text'],
      ['seen_at', 'bigint'],
      ['gone_since', 'bigint'],
      ['baseline_state', 'text'],
      ['baseline_progress', 'double precision'],
      ['baseline_columns', 'text'],
      ['baseline_coverage', 'double precision'],
      ['baseline_window_end', 'bigint'],
      ['baseline_attempts', 'integer'],
      ['baseline_next_attempt_at', 'bigint'],
      ['baseline_reason', 'text'],
      ['baseline_ready_at', 'bigint'],
    ],
    range: 'id',
    order: 'id',
  },
  {
    name: 'scan_state',
    columns: [
      HPA_ID,
      ['scanned_until', 'bigint'],
      ['last_scan_at', 'bigint'],
      [
        'newest_ts',
        'bigint',
        '(SELECT s.ts FROM stored_sample s WHERE s.hpa_id = scan_state.hpa_id ORDER BY s.ts DESC LIMIT 1)',
      ],
    ],
    range: 'hpa_id',
    order: 'hpa_id',
  },
  {
    name: 'spec_change',
    columns: [
      HPA_ID,
      ['ts', 'bigint'],
      ['cpu_target', 'double precision'],
      ['memory_target', 'double precision'],
      ['replicas_min', 'double precision'],
      ['replicas_max', 'double precision'],
      ['cpu_basis', 'text'],
      ['approximate', 'smallint'],
    ],
    range: 'hpa_id',
    order: 'hpa_id, ts',
  },
  {
    name: 'revision_change',
    columns: [HPA_ID, ['ts', 'bigint'], ['revision', 'text']],
    range: 'hpa_id',
    order: 'hpa_id, ts, revision',
  },
  {
    name: 'gap',
    columns: [HPA_ID, ['from_ts', 'bigint'], ['to_ts', 'bigint']],
    range: 'hpa_id',
    order: 'hpa_id, from_ts',
  },
  {
    name: 'exclusion',
    columns: [HPA_ID, ['from_ts', 'bigint'], ['to_ts', 'bigint']],
    range: 'hpa_id',
    order: 'hpa_id, from_ts',
  },
  {
    name: 'detector_state',
    columns: [HPA_ID, ['state', 'text'], ['profile', 'text'], ['updated_at', 'bigint']],
    range: 'hpa_id',
    order: 'hpa_id',
  },
  {
    name: 'anomaly',
    columns: [
      ['id', 'text'],
      HPA_ID,
      ['kind', 'text'],
      ['severity', 'text'],
      ['state', 'text'],
      ['started_at', 'bigint'],
      ['fired_at', 'bigint'],
      ['last_seen_at', 'bigint'],
      ['ended_at', 'bigint'],
      ['metric', 'text'],
      ['direction', 'text'],
      ['observed', 'double precision'],
      ['band_expected', 'double precision'],
      ['band_lower', 'double precision'],
      ['band_upper', 'double precision'],
      ['score', 'double precision'],
      ['sentence', 'text'],
      ['advice', 'text'],
      ['promql', 'text'],
      ['parent_id', 'text'],
      ['cluster_event_id', 'text'],
      ['acknowledged_at', 'bigint'],
      ['excluded', 'smallint'],
      ['change_seq', 'bigint'],
    ],
    range: 'hpa_id',
    order: 'hpa_id, id',
  },
  {
    name: 'notification',
    columns: [
      ['id', 'bigint'],
      ['receiver', 'text'],
      ['subject', 'text'],
      ['created_at', 'bigint'],
      ['attempts', 'integer'],
      ['next_attempt_at', 'bigint'],
      ['last_error', 'text'],
      ['message', 'text'],
    ],
    range: null,
    order: 'id',
  },
  {
    name: 'notification_mark',
    columns: [
      ['receiver', 'text'],
      ['subject', 'text'],
      ['cluster', 'text'],
      ['topic', 'text'],
      ['event', 'text'],
      ['severity', 'text'],
      ['decided_at', 'bigint'],
      ['told_at', 'bigint'],
      ['given_up', 'smallint'],
      ['message', 'text'],
    ],
    range: null,
    order: 'receiver, subject',
  },
];
