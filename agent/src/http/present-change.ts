import type { CHANGE_FIELDS, ChangeView } from '../contract/changes.ts';
import { changeSentence } from '../detect/change-words.ts';
import type { HpaChange } from '../domain/change.ts';
import type { ScaleTarget } from '../domain/hpa.ts';
import type { SpecColumn } from '../domain/sample.ts';
import { iso } from './time-text.ts';

const FIELD_OF: Readonly<Record<SpecColumn, (typeof CHANGE_FIELDS)[number]>> = {
  replicasMin: 'replicas_min',
  replicasMax: 'replicas_max',
  cpuTarget: 'cpu_target',
  memoryTarget: 'memory_target',
};

export const presentChange = (change: HpaChange, target: ScaleTarget | null): ChangeView => ({
  at: iso(change.at),
  kind: change.kind,
  field: change.kind === 'config' ? FIELD_OF[change.field] : null,
  from: change.from,
  to: change.to,
  sentence: changeSentence(change, target),
});
