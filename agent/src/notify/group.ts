import { SEVERITIES, type Anomaly, type Severity } from '../domain/anomaly.ts';

/** What is told as one: a departure across a cluster, or what belongs under one anomaly of an HPA, or one anomaly. */
export type Group = {
  subject: string;
  /** Many HPAs of the cluster. */
  isClusterEvent: boolean;
  /** The firing ones. */
  members: Anomaly[];
};

export const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
export const worst = (anomalies: readonly Anomaly[]): Severity =>
  anomalies.reduce<Severity>((most, { severity }) => (rank(severity) > rank(most) ? severity : most), 'info');

/** What an anomaly is told under. A child stays under its parent's name also after the parent has ended. */
const placeOf = ({ id, parentId, clusterEventId }: Anomaly, parent: Anomaly | undefined) => {
  const event = clusterEventId ?? parent?.clusterEventId ?? null;
  return { subject: event ?? parentId ?? id, isClusterEvent: event !== null };
};

/** The firing anomalies by what they are told under. */
export function groupFiring(anomalies: readonly Anomaly[]): Group[] {
  const byId = new Map(anomalies.map((anomaly) => [anomaly.id, anomaly]));
  const groups = new Map<string, Group>();
  for (const anomaly of anomalies) {
    if (anomaly.state !== 'firing') continue;
    const place = placeOf(anomaly, anomaly.parentId === null ? undefined : byId.get(anomaly.parentId));
    const group = groups.get(place.subject) ?? { ...place, members: [] };
    group.members.push(anomaly);
    groups.set(place.subject, group);
  }
  return [...groups.values()];
}

/** Whether an anomaly is told under this subject, or was before it was joined with others. */
export const belongsTo = (subject: string, { id, parentId, clusterEventId }: Anomaly): boolean =>
  subject === id || subject === parentId || subject === clusterEventId;

/** Worst first; among equals the one that the others stand under, then the most unusual, then the oldest. */
export const strongestFirst = (subject: string, anomalies: readonly Anomaly[]): Anomaly[] =>
  [...anomalies].sort(
    (a, b) =>
      rank(b.severity) - rank(a.severity) ||
      Number(b.id === subject) - Number(a.id === subject) ||
      b.score - a.score ||
      a.startedAt - b.startedAt ||
      (a.id < b.id ? -1 : 1),
  );
