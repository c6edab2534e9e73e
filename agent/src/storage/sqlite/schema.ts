import { RECENT_SAMPLES } from './schema-recent.ts';

/**
 * The numbered steps of the schema; a step that was released is never changed, a new one is added. Plain SQL throughout,
 * so that the same tables can stand in PostgreSQL (WITHOUT ROWID is only SQLite's way to keep rows in key order).
 * Times are epoch ms, UTC.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE cluster (
    name TEXT NOT NULL PRIMARY KEY,
    definition TEXT,
    lane INTEGER,
    place INTEGER,
    created_at INTEGER NOT NULL
  );

  -- AUTOINCREMENT: an id is never given twice, so a late write for a purged HPA cannot reach another one.
  CREATE TABLE hpa (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    cluster TEXT NOT NULL,
    namespace TEXT NOT NULL,
    name TEXT NOT NULL,
    enrolled INTEGER NOT NULL,
    active INTEGER NOT NULL,
    enrolled_at INTEGER NOT NULL,
    timezone TEXT,
    muted_until INTEGER,
    target_kind TEXT,
    target_name TEXT,
    metrics TEXT NOT NULL,
    seen_at INTEGER,
    gone_since INTEGER,
    baseline_state TEXT NOT NULL,
    baseline_progress REAL NOT NULL,
    baseline_columns TEXT NOT NULL,
    baseline_coverage REAL,
    baseline_window_end INTEGER,
    baseline_attempts INTEGER NOT NULL,
    baseline_next_attempt_at INTEGER,
    baseline_reason TEXT,
    baseline_ready_at INTEGER,
    UNIQUE (cluster, namespace, name)
  );

  -- What every scan moves, apart from the wide row of hpa, which would be written again each minute.
  CREATE TABLE scan_state (
    hpa_id INTEGER NOT NULL PRIMARY KEY REFERENCES hpa (id) ON DELETE CASCADE,
    scanned_until INTEGER,
    last_scan_at INTEGER,
    thinned_until INTEGER NOT NULL
  );

  CREATE TABLE sample (
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    ts INTEGER NOT NULL,
    created_after_ms INTEGER NOT NULL,
    is_baseline INTEGER NOT NULL,
    cpu_current REAL,
    memory_current REAL,
    memory_utilization REAL,
    replicas_current INTEGER,
    replicas_desired INTEGER,
    replicas_ready INTEGER,
    pressure REAL,
    scaling_limited INTEGER,
    scaling_active INTEGER,
    PRIMARY KEY (hpa_id, ts)
  ) WITHOUT ROWID;

  -- The spec of a sample is the latest entry at or before its time; no entry: nothing known.
  CREATE TABLE spec_change (
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    ts INTEGER NOT NULL,
    cpu_target REAL,
    memory_target REAL,
    replicas_min INTEGER,
    replicas_max INTEGER,
    cpu_basis TEXT,
    approximate INTEGER NOT NULL,
    PRIMARY KEY (hpa_id, ts)
  ) WITHOUT ROWID;

  -- Whole minutes from_ts..to_ts, both included, that still have to be asked for.
  CREATE TABLE gap (
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    from_ts INTEGER NOT NULL,
    to_ts INTEGER NOT NULL,
    PRIMARY KEY (hpa_id, from_ts)
  ) WITHOUT ROWID;

  -- Kept in the transactions that write samples: counting a million rows takes too long.
  CREATE TABLE counter (name TEXT NOT NULL PRIMARY KEY, value INTEGER NOT NULL);
  INSERT INTO counter (name, value) VALUES ('samples', 0), ('baseline_samples', 0);

  CREATE TABLE migration (version INTEGER NOT NULL PRIMARY KEY, applied_at INTEGER NOT NULL);

  -- A look-up a column, not a join: a query that does not ask for a target (COUNT) then pays nothing for it.
  CREATE VIEW hpa_snapshots AS
  SELECT
    h.cluster AS cluster,
    h.namespace AS namespace,
    h.name AS hpa_name,
    strftime('%Y-%m-%dT%H:%M:%SZ', s.ts / 1000, 'unixepoch') AS timestamp,
    s.cpu_current AS cpu_current,
    s.memory_current AS memory_current,
    s.replicas_current AS replicas_current,
    (SELECT c.cpu_target FROM spec_change c WHERE c.hpa_id = s.hpa_id AND c.ts <= s.ts ORDER BY c.ts DESC LIMIT 1)
      AS cpu_target,
    (SELECT c.memory_target FROM spec_change c WHERE c.hpa_id = s.hpa_id AND c.ts <= s.ts ORDER BY c.ts DESC LIMIT 1)
      AS memory_target,
    (SELECT c.replicas_min FROM spec_change c WHERE c.hpa_id = s.hpa_id AND c.ts <= s.ts ORDER BY c.ts DESC LIMIT 1)
      AS replicas_min,
    (SELECT c.replicas_max FROM spec_change c WHERE c.hpa_id = s.hpa_id AND c.ts <= s.ts ORDER BY c.ts DESC LIMIT 1)
      AS replicas_max,
    s.is_baseline AS is_baseline,
    strftime('%Y-%m-%dT%H:%M:%SZ', (s.ts + s.created_after_ms) / 1000, 'unixepoch') AS created_at
  FROM sample s
  JOIN hpa h ON h.id = s.hpa_id;
  `,
  `
  CREATE TABLE anomaly (
    id TEXT NOT NULL PRIMARY KEY,
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    severity TEXT NOT NULL,
    state TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    fired_at INTEGER,
    last_seen_at INTEGER NOT NULL,
    ended_at INTEGER,
    metric TEXT,
    direction TEXT,
    observed REAL,
    band_expected REAL,
    band_lower REAL,
    band_upper REAL,
    score REAL NOT NULL,
    sentence TEXT NOT NULL,
    advice TEXT,
    promql TEXT NOT NULL,
    parent_id TEXT,
    cluster_event_id TEXT,
    acknowledged_at INTEGER,
    excluded INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX anomaly_open ON anomaly (hpa_id, kind) WHERE state <> 'resolved';
  CREATE INDEX anomaly_live ON anomaly (started_at, id) WHERE state <> 'resolved';
  CREATE INDEX anomaly_started ON anomaly (started_at, id);
  CREATE INDEX anomaly_of_hpa ON anomaly (hpa_id, started_at);
  CREATE INDEX anomaly_ended ON anomaly (ended_at) WHERE state = 'resolved';

  -- Apart from hpa and scan_state: written each minute, and large.
  CREATE TABLE detector_state (
    hpa_id INTEGER NOT NULL PRIMARY KEY REFERENCES hpa (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    profile TEXT,
    updated_at INTEGER NOT NULL
  );

  -- Minutes from_ts..to_ts, both included, that a person left out of the baseline.
  CREATE TABLE exclusion (
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    from_ts INTEGER NOT NULL,
    to_ts INTEGER NOT NULL,
    PRIMARY KEY (hpa_id, from_ts)
  ) WITHOUT ROWID;

  ALTER TABLE hpa ADD COLUMN normal_since INTEGER;

  -- What is still to be delivered. AUTOINCREMENT: the id names a delivery for good.
  CREATE TABLE notification (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    receiver TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at INTEGER NOT NULL,
    last_error TEXT,
    message TEXT NOT NULL
  );
  CREATE INDEX notification_subject ON notification (receiver, subject, id);

  -- The last thing each receiver was told, or is about to be told, of each subject.
  CREATE TABLE notification_mark (
    receiver TEXT NOT NULL,
    subject TEXT NOT NULL,
    cluster TEXT NOT NULL,
    topic TEXT NOT NULL,
    event TEXT NOT NULL,
    severity TEXT NOT NULL,
    decided_at INTEGER NOT NULL,
    told_at INTEGER NOT NULL,
    given_up INTEGER NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (receiver, subject)
  );
  CREATE INDEX notification_mark_of_cluster ON notification_mark (cluster, event, told_at);
  `,
  `
  -- From ts on the pods of the scale target come from this revision; the first of an HPA is what it was first seen with.
  CREATE TABLE revision_change (
    hpa_id INTEGER NOT NULL REFERENCES hpa (id) ON DELETE CASCADE,
    ts INTEGER NOT NULL,
    revision TEXT NOT NULL,
    PRIMARY KEY (hpa_id, ts, revision)
  ) WITHOUT ROWID;
  CREATE INDEX revision_change_at ON revision_change (ts);
  `,
  `
  -- The order in which anomalies were written, so that a client can ask for what changed since. 'anomaly_deletes' holds the
  -- number of the last deletion: who asks from before it has to read the list again.
  ALTER TABLE anomaly ADD COLUMN change_seq INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX anomaly_changed ON anomaly (change_seq);
  INSERT INTO counter (name, value) VALUES ('anomaly_changes', 0), ('anomaly_deletes', 0);
  `,
  RECENT_SAMPLES,
];
