import type { MetricFindValue, ScopedVars } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type { Transport } from '../api/transport';
import type { Replace } from './interpolate';
import type { Names } from './query-model';

/** What a dashboard variable can be filled with, and by what it can be narrowed. */
export const VARIABLE_TAKES = {
  clusters: [],
  namespaces: ['cluster'],
  hpas: ['cluster', 'namespace'],
  kinds: [],
  severities: [],
  states: [],
  metrics: [],
  baseline_metrics: [],
} as const satisfies Record<string, readonly ('cluster' | 'namespace')[]>;

export type VariableName = keyof typeof VARIABLE_TAKES;
export const VARIABLE_NAMES = Object.keys(VARIABLE_TAKES) as VariableName[];

export interface VariableQuery extends DataQuery {
  queryType?: undefined;
  variable?: VariableName;
  cluster?: Names;
  namespace?: Names;
}

/** The body of POST /grafana/variable. */
export function variableBody(query: VariableQuery, scopedVars: ScopedVars, replace: Replace) {
  const target = query.variable ?? 'clusters';
  const given = VARIABLE_TAKES[target].flatMap((field): [string, Names][] => {
    const names = [query[field] ?? []].flat().map((name) => replace(name, scopedVars, 'pipe'));
    return names.some((name) => name !== '') ? [[field, names]] : [];
  });
  return { payload: { target, ...Object.fromEntries(given) } };
}

/** The values of a dashboard variable. @throws AgentProblem */
export async function readVariable(
  query: VariableQuery,
  scopedVars: ScopedVars,
  send: Transport,
  replace: Replace,
): Promise<MetricFindValue[]> {
  const body = variableBody(query, scopedVars, replace);
  const values = await send<{ __text: string; __value: string }[]>('/grafana/variable', { method: 'POST', body });
  return values.map(({ __text: text, __value: value }) => ({ text, value }));
}
