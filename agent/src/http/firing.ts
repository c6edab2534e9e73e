import type { Anomaly, Severity } from '../domain/anomaly.ts';

/** The anomalies of one HPA that fire, and the highest severity among them. */
export type FiringOfHpa = { firing: number; worst: Severity | null };
export type BySeverity = Record<Severity, number>;

export const NOTHING_FIRES: FiringOfHpa = { firing: 0, worst: null };

const RANK: Record<Severity, number> = { critical: 2, warning: 1, info: 0 };

/** Critical ones first, then by score; of equals the older one. */
export const worstFirst = (a: Anomaly, b: Anomaly): number =>
  RANK[b.severity] - RANK[a.severity] || b.score - a.score || a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1);

/** By the id of the HPA; those where nothing fires are absent. */
export function firingByHpa(firing: readonly Anomaly[]): Map<number, FiringOfHpa> {
  const found = new Map<number, FiringOfHpa>();
  for (const { hpaId, severity } of firing) {
    const { firing: before, worst } = found.get(hpaId) ?? NOTHING_FIRES;
    const higher = worst === null || RANK[severity] > RANK[worst] ? severity : worst;
    found.set(hpaId, { firing: before + 1, worst: higher });
  }
  return found;
}

/** The worst anomaly of each HPA, by its id; those where nothing fires are absent. */
export function worstByHpa(firing: readonly Anomaly[]): Map<number, Anomaly> {
  const found = new Map<number, Anomaly>();
  for (const anomaly of firing) {
    const before = found.get(anomaly.hpaId);
    if (!before || worstFirst(anomaly, before) < 0) found.set(anomaly.hpaId, anomaly);
  }
  return found;
}

export function countBySeverity(firing: readonly Anomaly[]): BySeverity {
  const counts = { critical: 0, warning: 0, info: 0 };
  for (const { severity } of firing) counts[severity] += 1;
  return counts;
}

/** By the name of the cluster; those where nothing fires are absent. */
export function countByCluster(firing: readonly Anomaly[]): ({ cluster: string } & BySeverity)[] {
  const found = Map.groupBy(firing, ({ key }) => key.cluster);
  return [...found]
    .map(([cluster, anomalies]) => ({ cluster, ...countBySeverity(anomalies) }))
    .sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
}
