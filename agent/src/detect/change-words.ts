import type { ConfigFieldChange, HpaChange, Rollout } from '../domain/change.ts';
import type { ScaleTarget } from '../domain/hpa.ts';
import type { SpecColumn } from '../domain/sample.ts';

/** The fields of an HPA's spec as people know them. */
export const FIELD_NAME: Readonly<Record<SpecColumn, string>> = {
  replicasMin: 'minReplicas',
  replicasMax: 'maxReplicas',
  cpuTarget: 'CPU target',
  memoryTarget: 'memory target',
};
export const FIELDS = Object.keys(FIELD_NAME) as SpecColumn[];

export const configChangeWords = ({ field, from, to }: ConfigFieldChange): string =>
  `${FIELD_NAME[field]} changed from ${from} to ${to}`;

/** `target` null: the HPA's scale target is not known by now. */
export function rolloutWords({ to, isReturn }: Pick<Rollout, 'to' | 'isReturn'>, target: ScaleTarget | null): string {
  const what = target === null ? 'its target' : `${target.kind} ${target.name}`;
  const revision = target?.kind === 'StatefulSet' ? `revision ${to}` : `ReplicaSet ${to}`;
  return isReturn ? `rollback of ${what} (to ${revision})` : `rollout of ${what} (${revision})`;
}

/** One change as a sentence. */
export function changeSentence(change: HpaChange, target: ScaleTarget | null): string {
  const words = change.kind === 'config' ? configChangeWords(change) : rolloutWords(change, target);
  return `${change.kind === 'config' ? words : words.charAt(0).toUpperCase() + words.slice(1)}.`;
}
