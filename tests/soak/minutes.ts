import { MINUTE } from '../../agent/src/core/clock.ts';
import { hpaId, type HpaKey } from '../../agent/src/domain/hpa.ts';
import type { AgentProcess } from '../rig/agent.ts';
import type { FleetChild } from '../rig/fleet-child.ts';

export type StoredMinutes = { wanted: number; stored: number; missing: string[] };

const MOST_NAMED = 20;

/** Whether Prometheus has nothing of the HPA at that minute: nothing of it was scraped, or nothing of its cluster. */
function silences({ clusters, labels }: Pick<FleetChild, 'clusters' | 'labels'>) {
  const lost = Map.groupBy(
    labels.filter(({ kind }) => kind === 'telemetry_lost'),
    hpaId,
  );
  const missed = new Map(clusters.map(({ name, missed: at, scrapeMs }) => [name, { at, scrapeMs }]));
  return (key: HpaKey, ts: number): boolean => {
    const { at = [], scrapeMs = 0 } = missed.get(key.cluster) ?? {};
    return (
      at.some((scrape) => ts >= scrape && ts < scrape + scrapeMs) ||
      // It comes and goes with the scrapes next to it.
      (lost.get(hpaId(key)) ?? []).some(({ start, end }) => ts >= start && ts < end + scrapeMs)
    );
  };
}

/** How many of the minutes in [from, to) are stored, of those that Prometheus has. */
export function countMinutes(
  agent: AgentProcess,
  hpas: readonly HpaKey[],
  fleet: Pick<FleetChild, 'clusters' | 'labels'>,
  { from, to }: { from: number; to: number },
): StoredMinutes {
  const rows = agent.sql<HpaKey & { ts: number }>(
    `SELECT h.cluster, h.namespace, h.name AS hpa, s.ts FROM stored_sample s JOIN hpa h ON h.id = s.hpa_id
     WHERE s.ts >= ? AND s.ts < ?`,
    from,
    to,
  );
  const stored = new Set(rows.map(({ ts, ...key }) => `${hpaId(key)} ${ts}`));
  const isSilent = silences(fleet);
  const result: StoredMinutes = { wanted: 0, stored: 0, missing: [] };
  for (const key of hpas) {
    const id = hpaId(key);
    for (let ts = Math.ceil(from / MINUTE) * MINUTE; ts < to; ts += MINUTE) {
      if (isSilent(key, ts)) continue;
      result.wanted += 1;
      if (stored.has(`${id} ${ts}`)) result.stored += 1;
      else if (result.missing.length < MOST_NAMED) result.missing.push(`${id} ${new Date(ts).toISOString()}`);
    }
  }
  return result;
}
