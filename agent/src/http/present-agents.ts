import type { AgentView } from '../contract/status.ts';
import { SECOND } from '../core/clock.ts';
import type { AgentState } from '../domain/agent-state.ts';
import type { FleetRow } from './fleet-shelf.ts';
import { iso, isoOrNull } from './time-text.ts';

type Progress = { lastScanAt: number | null; behindMs: number | null };

/** How far the scans of each cluster came, by what the database says of its HPAs. */
export function progressByCluster(hpas: readonly FleetRow[], now: number): Map<string, Progress> {
  const found = new Map<string, Progress>();
  for (const { cluster, active, goneSince, lastScanAt, scannedUntil } of hpas) {
    if (!active || goneSince !== null) continue;
    const before = found.get(cluster) ?? { lastScanAt: null, behindMs: null };
    const behindMs = scannedUntil === null ? null : Math.max(0, now - scannedUntil);
    found.set(cluster, {
      lastScanAt: largest(before.lastScanAt, lastScanAt),
      behindMs: largest(before.behindMs, behindMs),
    });
  }
  return found;
}

const largest = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.max(a, b);

/** The `agents` of GET /api/v1/monitoring/status. */
export function presentAgents(agents: readonly AgentState[], hpas: readonly FleetRow[], now: number): AgentView[] {
  const progress = progressByCluster(hpas, now);
  return agents.map(({ id, name, version, url, startedAt, seenAt, state, clusters, duties, cannotReach }) => ({
    id,
    name,
    version,
    url,
    started_at: iso(startedAt),
    seen_at: iso(seenAt),
    state,
    clusters: clusters.map(({ cluster, since, fence }) => {
      const { lastScanAt = null, behindMs = null } = progress.get(cluster) ?? {};
      return {
        cluster,
        since: iso(since),
        fence,
        last_scan: isoOrNull(lastScanAt),
        behind_seconds: behindMs === null ? null : Math.round(behindMs / SECOND),
      };
    }),
    duties,
    cannot_reach: [...cannotReach],
  }));
}
