import { localId } from '../../domain/hpa.ts';
import type { DiscoveredFact, SampleBatch, StoredHpa } from '../store.ts';

/**
 * The HPAs of each cluster as the database told them last, with what was collected since: what a scan has to know of them while the database is
 * away.
 */
export function createKnownHpas() {
  const byCluster = new Map<string, StoredHpa[]>();
  const clusters = new Map<number, string>();
  const change = (cluster: string, to: (hpa: StoredHpa) => StoredHpa): void => {
    const hpas = byCluster.get(cluster);
    if (hpas) byCluster.set(cluster, hpas.map(to));
  };
  return {
    learn(cluster: string, hpas: readonly StoredHpa[]): void {
      byCluster.set(cluster, [...hpas]);
      for (const { id } of hpas) clusters.set(id, cluster);
    },
    of: (cluster: string): StoredHpa[] | null => byCluster.get(cluster)?.map((hpa) => ({ ...hpa })) ?? null,
    /** The one cluster of a scan's batch; null: nobody has asked for its HPAs yet. */
    clusterOf({ samples, cursors = [], closeGaps = [] }: SampleBatch): string | null {
      const [first] = [...samples, ...cursors, ...closeGaps];
      return (first && clusters.get(first.hpaId)) ?? null;
    },
    /** Up to where each HPA of a batch was collected before it. */
    cursorsBefore(cluster: string, { cursors = [] }: SampleBatch): [hpaId: number, scannedUntil: number][] {
      const until = new Map(byCluster.get(cluster)?.map(({ id, scannedUntil }) => [id, scannedUntil]));
      return cursors.flatMap(({ hpaId }) => {
        const before = until.get(hpaId) ?? null;
        return before === null ? [] : [[hpaId, before]];
      });
    },
    /** They were collected, and wait: the next scan goes on from there. */
    collected(cluster: string, { now, cursors = [] }: SampleBatch): void {
      const until = new Map(cursors.map(({ hpaId, scannedUntil }) => [hpaId, scannedUntil]));
      change(cluster, (hpa) => {
        const to = until.get(hpa.id);
        if (to === undefined) return hpa;
        return { ...hpa, lastScanAt: now, scannedUntil: Math.max(hpa.scannedUntil ?? -Infinity, to) };
      });
    },
    discovered(cluster: string, facts: readonly DiscoveredFact[]): void {
      const seen = new Map(facts.map((fact) => [localId(fact), fact]));
      change(cluster, (hpa) => ({ ...hpa, ...seen.get(localId(hpa)) }));
    },
    /** Somebody else has changed something: only the database knows. */
    forget: (cluster: string): boolean => byCluster.delete(cluster),
    forgetOf(hpaId: number): void {
      const cluster = clusters.get(hpaId);
      if (cluster !== undefined) byCluster.delete(cluster);
    },
  };
}

export type KnownHpas = ReturnType<typeof createKnownHpas>;
