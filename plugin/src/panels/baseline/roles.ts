import type { BaselineMetric } from '@hpa-watch/agent/contract';
import type { ReferenceKind } from '../../view/band-chart/model';

/** What a field is in a chart. */
export type Role =
  | { kind: 'value'; metric: string }
  | { kind: 'band'; metric: string; edge: 'lower' | 'expected' | 'upper' }
  | { kind: 'reference'; metric: string; id: string; reference: ReferenceKind };

const BASE: Record<string, BaselineMetric> = {
  cpu_current: 'cpu',
  memory_current: 'memory',
  replicas_current: 'replicas',
};

const REFERENCES: Record<string, [metric: BaselineMetric, kind: ReferenceKind]> = {
  cpu_target: ['cpu', 'target'],
  replicas_min: ['replicas', 'limit'],
  replicas_max: ['replicas', 'limit'],
  replicas_desired: ['replicas', 'desired'],
};

const EDGES = ['lower', 'expected', 'upper'] as const;

/** The part of a band that a field is: by the labels of the agent's answer, else by its name. */
const partOf = (name: string, labels: Record<string, string> | undefined): string => labels?.['part'] ?? name;

/** Of any data source: without labels, fields called lower, expected and upper are the band, any other number is a value. */
export function roleOf(name: string, labels: Record<string, string> | undefined): Role {
  const metric = labels?.['metric'] ?? (isEdge(partOf(name, labels)) ? '' : name === 'value' ? '' : name);
  const edge = EDGES.find((one) => one === partOf(name, labels));
  if (edge !== undefined) return { kind: 'band', metric, edge };
  const reference = REFERENCES[metric];
  if (reference !== undefined) return { kind: 'reference', metric: reference[0], id: metric, reference: reference[1] };
  return { kind: 'value', metric: BASE[metric] ?? metric };
}

const isEdge = (part: string): boolean => EDGES.some((edge) => edge === part);
