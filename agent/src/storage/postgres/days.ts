import { DAY } from '../../core/clock.ts';
import type { Sql } from './sql.ts';

/** The first ms of the day, UTC. */
export const dayOf = (ts: number): number => ts - (((ts % DAY) + DAY) % DAY);

/** What a write or a deletion did to the totals of a day and a cluster. */
export type DayChange = {
  day: number;
  cluster: string;
  samples: number;
  baseline: number;
  /** The oldest new row, from which on the day is thinned again; beyond every time where there is none. */
  firstTs: number;
};

/** Collects changes of many rows into one a day and cluster. */
export function dayChanges() {
  const byCluster = new Map<string, Map<number, DayChange>>();
  let latest: DayChange | null = null;
  /** Rows come by HPA and time: mostly it is the same as before. */
  const changeOf = (cluster: string, day: number): DayChange => {
    if (latest?.day === day && latest.cluster === cluster) return latest;
    let days = byCluster.get(cluster);
    if (days === undefined) byCluster.set(cluster, (days = new Map<number, DayChange>()));
    let change = days.get(day);
    if (change === undefined)
      days.set(day, (change = { day, cluster, samples: 0, baseline: 0, firstTs: Number.MAX_SAFE_INTEGER }));
    latest = change;
    return change;
  };
  return {
    /** `isNew`: the row was not there; `isMarked`: it has become a baseline row. */
    add(cluster: string, ts: number, isNew: boolean, isMarked: boolean): void {
      const change = changeOf(cluster, dayOf(ts));
      if (isMarked) change.baseline += 1;
      if (!isNew) return;
      change.samples += 1;
      if (ts < change.firstTs) change.firstTs = ts;
    },
    /** Those that change anything, in the order in which everybody locks these rows. */
    list: (): DayChange[] =>
      [...byCluster.values()]
        .flatMap((days) => [...days.values()])
        .filter(({ samples, baseline }) => samples !== 0 || baseline !== 0)
        .sort((a, b) => a.day - b.day || (a.cluster < b.cluster ? -1 : 1)),
  };
}

/** To be the last statement of a transaction: whoever writes to the same day of the same cluster waits from here on. */
export async function addToDays(sql: Sql, changes: readonly DayChange[]): Promise<void> {
  if (changes.length === 0) return;
  // A new day begins unthinned. `least` of what is thinned and the oldest new row: late rows are thinned too.
  const placesOf = (i: number) =>
    `($${5 * i + 1}::bigint, $${5 * i + 2}, $${5 * i + 3}::bigint, $${5 * i + 4}::bigint, $${5 * i + 5}::bigint)`;
  await sql.last(
    `INSERT INTO sample_day (day, cluster, samples, baseline_samples, thinned_until)
     VALUES ${changes.map((_, i) => placesOf(i)).join()}
     ON CONFLICT (day, cluster) DO UPDATE SET samples = sample_day.samples + EXCLUDED.samples,
       baseline_samples = sample_day.baseline_samples + EXCLUDED.baseline_samples,
       thinned_until = LEAST(sample_day.thinned_until, EXCLUDED.thinned_until)`,
    changes.flatMap(({ day, cluster, samples, baseline, firstTs }) => [day, cluster, samples, baseline, firstTs]),
  );
}
