import type { z } from 'zod';
import { ANOMALY_KIND_NAMES, ANOMALY_STATE_NAMES, BASELINE_METRICS, SEVERITY_NAMES } from '../../contract/anomalies.ts';
import type { GrafanaOption, payloadOptionsRequestSchema, variableRequestSchema } from '../../contract/grafana.ts';
import { BASELINE_STATES } from '../../contract/hpas.ts';
import { SERIES_METRICS } from '../../contract/series.ts';
import { localId } from '../../domain/hpa.ts';
import type { FleetSnapshot } from '../fleet-look.ts';
import { invalid } from '../input.ts';
import type { Fleet } from '../services.ts';
import { FILTER_KEYS, type FilterKey } from './ad-hoc.ts';
import { pickerNames, pickerOf } from './catalog.ts';
import { payloadOf } from './payload.ts';
import { HPA_STATES, isPlace, placesOf, type Payload, type Places } from './selection.ts';
import { variableCall } from './variable-call.ts';

export type OptionFacts = { snapshot: FleetSnapshot; fleet: Pick<Fleet, 'list' | 'resolve'> };

const sorted = (names: Iterable<string>): string[] => [...new Set(names)].sort();

/** Watched clusters, and removed ones of which HPAs are left. */
const clusterNames = ({ snapshot, fleet }: OptionFacts): string[] =>
  sorted([...fleet.list().map(({ name }) => name), ...snapshot.hpas.map(({ cluster }) => cluster)]);

const ANYWHERE: Places = { cluster: null, namespace: null, hpa: null };

const itemsAt = ({ snapshot }: OptionFacts, places: Places) => snapshot.hpas.filter((hpa) => isPlace(places, hpa));

const namespaceNames = (facts: OptionFacts, places: Places): string[] =>
  sorted(itemsAt(facts, { ...places, namespace: null, hpa: null }).map(({ namespace }) => namespace));

/** By their names where all are of one namespace, else with it. */
function hpaNames(facts: OptionFacts, places: Places): string[] {
  const items = itemsAt(facts, { ...places, hpa: null });
  const namespaces = new Set(items.map(({ namespace }) => namespace));
  return sorted(items.map((item) => (namespaces.size > 1 ? localId(item) : item.hpa)));
}

const asOptions = (names: readonly string[]): GrafanaOption[] => names.map((name) => ({ label: name, value: name }));

/**
 * The options of one picker, given what the others hold.
 * @throws AgentError `request/invalid`, `cluster/unknown`
 */
export function payloadOptions(
  { metric, payload, name }: z.output<typeof payloadOptionsRequestSchema>,
  facts: OptionFacts,
): GrafanaOption[] {
  const picker = pickerOf(metric, name);
  if (picker === null) {
    const allowed = pickerNames(metric);
    throw invalid(`name is ${JSON.stringify(name)}; allowed: ${allowed.join(', ')}`, {
      field: 'name',
      value: name,
      allowed,
    });
  }
  const held: Payload = payloadOf(payload, 'payload');
  const places = () => placesOf(held, 'payload', facts);
  if (name === 'cluster') return asOptions(clusterNames(facts));
  if (name === 'namespace') return asOptions(namespaceNames(facts, places()));
  if (name === 'hpa') return asOptions(hpaNames(facts, places()));
  return picker.options ?? [];
}

const VARIABLES: Record<
  string,
  { takes: (keyof Places)[]; names(facts: OptionFacts, places: Places): readonly string[] }
> = {
  clusters: { takes: [], names: clusterNames },
  namespaces: { takes: ['cluster'], names: namespaceNames },
  hpas: { takes: ['cluster', 'namespace'], names: hpaNames },
  kinds: { takes: [], names: () => ANOMALY_KIND_NAMES },
  severities: { takes: [], names: () => SEVERITY_NAMES },
  states: { takes: [], names: () => HPA_STATES },
  metrics: { takes: [], names: () => SERIES_METRICS },
  baseline_metrics: { takes: [], names: () => BASELINE_METRICS },
};

/**
 * The values of a dashboard variable: `clusters`, `namespaces(cluster)`, `hpas(cluster, namespace)` and the fixed lists.
 * @throws AgentError `request/invalid`, `cluster/unknown`
 */
export function variableValues(
  { payload }: z.output<typeof variableRequestSchema>,
  facts: OptionFacts,
): { __text: string; __value: string }[] {
  const given: Payload = typeof payload === 'string' ? { target: payload } : payload;
  const call = variableCall(String(given['target']));
  const variable = call && Object.hasOwn(VARIABLES, call.name) ? VARIABLES[call.name] : undefined;
  if (!call || !variable || call.args.length > variable.takes.length) {
    const allowed = Object.entries(VARIABLES).map(([name, { takes }]) =>
      takes.length === 0 ? name : `${name}(${takes.join(', ')})`,
    );
    throw invalid(`payload.target is ${JSON.stringify(given['target'])}; allowed: ${allowed.join(', ')}`, {
      field: 'payload.target',
      value: given['target'],
      allowed,
    });
  }
  // In brackets, or as fields beside the target where it was given as JSON.
  const named = Object.fromEntries(variable.takes.map((field, i) => [field, call.args[i] ?? given[field]]));
  const places = variable.takes.length === 0 ? ANYWHERE : placesOf(named, 'payload', facts);
  return variable.names(facts, places).map((name) => ({ __text: name, __value: name }));
}

const TAG_VALUES: Record<FilterKey, (facts: OptionFacts) => readonly string[]> = {
  cluster: clusterNames,
  namespace: (facts) => namespaceNames(facts, ANYWHERE),
  hpa: (facts) => hpaNames(facts, ANYWHERE),
  state: () => sorted([...HPA_STATES, ...BASELINE_STATES, ...ANOMALY_STATE_NAMES]),
  severity: () => SEVERITY_NAMES,
  kind: () => ANOMALY_KIND_NAMES,
};

/** @throws AgentError `request/invalid` */
export function tagValues(asked: string, facts: OptionFacts): { text: string }[] {
  const key = FILTER_KEYS.find((known) => known === asked);
  if (key === undefined)
    throw invalid(`key is ${JSON.stringify(asked)}; allowed: ${FILTER_KEYS.join(', ')}`, {
      field: 'key',
      value: asked,
      allowed: FILTER_KEYS,
    });
  return TAG_VALUES[key](facts).map((text) => ({ text }));
}
