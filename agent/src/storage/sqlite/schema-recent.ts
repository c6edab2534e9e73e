/** Of the HPAs that are asked for, not of all. */
const WAITING = `hpa h
  CROSS JOIN scan_state p ON p.hpa_id = h.id
  CROSS JOIN recent_minute m ON m.ts > p.carried_until
  CROSS JOIN recent_sample s ON s.ts = m.ts AND s.hpa_id = h.id`;

const snapshotsFrom = (tables: string): string =>
  `SELECT
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
  FROM ${tables}`;

/**
 * The newest hour of all HPAs stands in the order of time, so that a minute of a fleet fills a few pages; in `sample`, whose order is
 * that of HPAs, it is a page each. Of an HPA, `sample` has what is not later than `carried_until`, `recent_sample` what is later; copies of
 * what was carried over stay there until their minute is over for all HPAs. No foreign key: without an index by HPA each removal would
 * read the whole table.
 */
export const RECENT_SAMPLES = `
  ALTER TABLE scan_state ADD COLUMN carried_until INTEGER NOT NULL DEFAULT 0;
  UPDATE scan_state SET carried_until =
    COALESCE((SELECT MAX(s.ts) FROM sample s WHERE s.hpa_id = scan_state.hpa_id), 0);

  CREATE TABLE recent_sample (
    hpa_id INTEGER NOT NULL,
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
    PRIMARY KEY (ts, hpa_id)
  ) WITHOUT ROWID;

  -- Its few instants: with them a row of an HPA is found by the key.
  CREATE TABLE recent_minute (ts INTEGER NOT NULL PRIMARY KEY);

  -- Every sample once, wherever it stands. One HPA is found by keys in both parts.
  CREATE VIEW stored_sample AS
  SELECT hpa_id, ts, created_after_ms, is_baseline, cpu_current, memory_current, memory_utilization, replicas_current,
    replicas_desired, replicas_ready, pressure, scaling_limited, scaling_active
  FROM sample
  UNION ALL
  SELECT p.hpa_id, m.ts, r.created_after_ms, r.is_baseline, r.cpu_current, r.memory_current, r.memory_utilization,
    r.replicas_current, r.replicas_desired, r.replicas_ready, r.pressure, r.scaling_limited, r.scaling_active
  FROM scan_state p
  JOIN recent_minute m ON m.ts > p.carried_until
  CROSS JOIN recent_sample r ON r.ts = m.ts AND r.hpa_id = p.hpa_id;

  DROP VIEW hpa_snapshots;
  CREATE VIEW hpa_snapshots AS
  ${snapshotsFrom('sample s JOIN hpa h ON h.id = s.hpa_id')}
  UNION ALL
  ${snapshotsFrom(WAITING)};
  `;
