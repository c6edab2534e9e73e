import {
  CoreApp,
  dateTime,
  type DataQueryRequest,
  type MetricFindValue,
  type TimeRange,
  type TypedVariableModel,
} from '@grafana/data';
import { frameToMetricFindValue, getDataSourceSrv, toDataQueryError } from '@grafana/runtime';
import { firstValueFrom, from } from 'rxjs';
import { chooseVariables, type ChosenVariable } from '../services/template-srv';
import type { VariableModel } from './model';

export type Option = { label: string; value: string };

/** A variable with what can be chosen and what is. */
export type Variable = ChosenVariable & {
  label: string;
  options: Option[];
  chosen: string[];
  multi: boolean;
  /** Why its options are not known; as in Grafana, the panels are shown all the same. */
  problem: string | null;
};

const ALL = '$__all';

/**
 * Asks for the options of each variable in turn, since a later one may ask with the choice of an earlier, and chooses: what the address
 * says, else all where that is allowed, else the first.
 */
export async function resolveVariables(
  models: readonly VariableModel[],
  search: URLSearchParams,
  range: TimeRange,
): Promise<Variable[]> {
  const resolved: Variable[] = [];
  chooseVariables(resolved);
  for (const model of models) {
    const { found, problem } = await optionsOf(model, range).then(
      (options) => ({ found: options, problem: null }),
      (error: unknown) => ({ found: [], problem: toDataQueryError(error).message ?? 'The query failed' }),
    );
    const options = model.includeAll === true ? [{ label: 'All', value: ALL }, ...found] : found;
    const wanted = search.getAll(`var-${model.name}`).filter((value) => options.some((one) => one.value === value));
    const chosen = wanted.length > 0 ? wanted : options.slice(0, 1).map(({ value }) => value);
    resolved.push({
      name: model.name,
      label: model.label ?? model.name,
      options,
      chosen,
      multi: model.multi === true,
      problem,
      values: chosen.includes(ALL) ? (model.allValue ? [model.allValue] : found.map(({ value }) => value)) : chosen,
      model: model as unknown as TypedVariableModel,
    });
  }
  return resolved;
}

async function optionsOf(model: VariableModel, range: TimeRange): Promise<Option[]> {
  if (model.type === 'datasource')
    return getDataSourceSrv()
      .getList({ pluginId: String(model.query) })
      .map(({ name, uid }) => ({ label: name, value: uid }));
  const source = await getDataSourceSrv().get(model.datasource);
  const ask = (source.variables as { query?: (request: DataQueryRequest) => unknown } | undefined)?.query;
  if (ask === undefined) return [];
  const request = { targets: [model.query], range, app: CoreApp.Dashboard, requestId: model.name, scopedVars: {} };
  const asked = ask.call(source.variables, { ...request, startTime: dateTime().valueOf() } as never);
  const { data } = await firstValueFrom(from(asked as Promise<{ data: unknown[] }>));
  return data.flatMap(valuesOf).map(({ text, value }) => ({ label: text, value: String(value ?? text) }));
}

/** Frames, or the values themselves. */
const valuesOf = (one: unknown): MetricFindValue[] =>
  typeof one === 'object' && one !== null && 'fields' in one
    ? frameToMetricFindValue(one as never)
    : [one as MetricFindValue];
