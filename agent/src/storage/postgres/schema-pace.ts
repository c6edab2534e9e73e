/**
 * A scan moves the cursors of hundreds of HPAs by the same minute: those that keep pace (`in_pace`) are told by one row of their cluster, `scan_pace`, and only
 * those that lag or are ahead by their own. `newest_ts` becomes a bound: no sample is newer.
 *
 * `stamp`: a number by chance that each transaction leaves which writes anything of an HPA of the cluster, whose row it locks by that. Whoever finds the
 * stamp that he left knows that nobody wrote since. By chance, and not counted: a standby that takes over may have lost the last ones, and would count them again.
 *
 * An older version cannot go on beside this one: it would move what nobody reads. That its columns are gone stops it.
 */
export const PACE = (): string => `
  CREATE TABLE scan_pace (
    cluster TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    stamp BIGINT NOT NULL,
    scanned_until BIGINT,
    last_scan_at BIGINT,
    newest_ts BIGINT
  ) WITH (fillfactor = 20);
  INSERT INTO scan_pace (cluster, stamp) SELECT DISTINCT cluster, 0 FROM hpa;

  ALTER TABLE scan_state ADD COLUMN in_pace SMALLINT NOT NULL DEFAULT 0;
  ALTER TABLE scan_state DROP COLUMN newest_before;
  ALTER TABLE scan_state DROP COLUMN writes;
`;
