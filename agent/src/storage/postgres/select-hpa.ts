/** Everything of an HPA, as `HpaRecord`; `h` may be used in conditions. Those in pace stand where their cluster stands. */
export const SELECT_HPA = `SELECT h.*,
    CASE WHEN s.in_pace = 1 THEN p.last_scan_at ELSE s.last_scan_at END AS last_scan_at,
    CASE WHEN s.in_pace = 1 THEN p.scanned_until ELSE s.scanned_until END AS scanned_until
  FROM hpa h JOIN scan_state s ON s.hpa_id = h.id LEFT JOIN scan_pace p ON p.cluster = h.cluster`;
