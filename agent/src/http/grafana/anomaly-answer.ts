import { ANOMALY_KIND_NAMES, SEVERITY_NAMES } from '../../contract/anomalies.ts';
import type { GrafanaTable } from '../../contract/grafana.ts';
import type { Anomaly, AnomalyKind, Severity } from '../../domain/anomaly.ts';
import { localId } from '../../domain/hpa.ts';
import type { AnomalyFilter } from '../../storage/anomaly-store.ts';
import type { Store } from '../../storage/store.ts';
import { invalid } from '../input.ts';
import type { AdHoc } from './ad-hoc.ts';
import { isPattern, someOf, type Choices } from './choices.ts';
import { isChosenAnomaly, type Payload, type Places } from './selection.ts';
import { tableOf, type TableColumn } from './table.ts';

export const SHOWN_STATES = ['firing', 'resolved'] as const;

export type AnomalyRequest = {
  refId: string;
  places: Places;
  states: readonly (typeof SHOWN_STATES)[number][];
  severities: readonly Severity[];
  kinds: readonly AnomalyKind[];
  limit: number;
};

const USUAL_LIMIT = 200;
const MOST = 1_000;
const PAGE = 500;
/** Where few of many match, looking ends here. */
const MOST_READ = 20_000;
const LIMIT_RULE = `a whole number from 1 to ${MOST}`;

/** @throws AgentError `request/invalid` */
export function anomalyTarget(refId: string, places: Places, payload: Payload, field: string): AnomalyRequest {
  const text = payload['limit'];
  const limit = text === undefined || text === null || text === '' ? USUAL_LIMIT : Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
    throw invalid(`${field}.limit is not ${LIMIT_RULE}`, { field: `${field}.limit`, value: text, allowed: LIMIT_RULE });
  return {
    refId,
    places,
    states: someOf(payload['state'], `${field}.state`, SHOWN_STATES) ?? SHOWN_STATES,
    severities: someOf(payload['severity'], `${field}.severity`, SEVERITY_NAMES) ?? SEVERITY_NAMES,
    kinds: someOf(payload['kind'], `${field}.kind`, ANOMALY_KIND_NAMES) ?? ANOMALY_KIND_NAMES,
    limit,
  };
}

/** Those that were open at some time of the range, newest first. */
export async function readAnomalies(
  store: Pick<Store, 'listAnomalies'>,
  { places, states, severities, kinds, limit }: AnomalyRequest,
  adHoc: AdHoc,
  range: { from: number; to: number },
): Promise<Anomaly[]> {
  const filter: AnomalyFilter = {
    state: states,
    severity: severities,
    kind: kinds,
    ...range,
    ...onlyOne('cluster', places.cluster),
    ...onlyOne('namespace', places.namespace),
    limit: PAGE,
  };
  const found: Anomaly[] = [];
  let cursor: string | null = null;
  for (let read = 0; read < MOST_READ; read += PAGE) {
    const page: Awaited<ReturnType<Store['listAnomalies']>> = await store.listAnomalies({
      ...filter,
      ...(cursor === null ? {} : { cursor }),
    });
    found.push(...page.items.filter((anomaly) => isChosenAnomaly(places, adHoc, anomaly)));
    cursor = page.next;
    if (found.length >= limit || cursor === null) break;
  }
  return found.slice(0, limit);
}

/** A single exact name the database looks for itself. */
function onlyOne(field: 'cluster' | 'namespace', choices: Choices): Partial<AnomalyFilter> {
  const [only, ...others] = choices ?? [];
  return only === undefined || others.length > 0 || isPattern(only) ? {} : { [field]: only };
}

const COLUMNS: readonly TableColumn<Anomaly>[] = [
  ['started', 'time', ({ startedAt }) => startedAt],
  ['ended', 'time', ({ endedAt }) => endedAt],
  ['severity', 'string', ({ severity }) => severity],
  ['state', 'string', ({ state }) => state],
  ['kind', 'string', ({ kind }) => kind],
  ['cluster', 'string', ({ key }) => key.cluster],
  ['namespace', 'string', ({ key }) => key.namespace],
  ['hpa', 'string', ({ key }) => key.hpa],
  ['sentence', 'string', ({ sentence }) => sentence],
  ['advice', 'string', ({ advice }) => advice],
  ['metric', 'string', ({ metric }) => metric],
  ['observed', 'number', ({ observed }) => observed],
  ['lower', 'number', ({ band }) => band?.lower ?? null],
  ['expected', 'number', ({ band }) => band?.expected ?? null],
  ['upper', 'number', ({ band }) => band?.upper ?? null],
  ['score', 'number', ({ score }) => score],
  ['acknowledged', 'time', ({ acknowledgedAt }) => acknowledgedAt],
  ['id', 'string', ({ id }) => id],
];

export const anomalyTable = (refId: string, anomalies: readonly Anomaly[]): GrafanaTable =>
  tableOf(refId, COLUMNS, anomalies);

/** As Grafana reads annotations: `tags` parted by commas; what still fires reaches to `now`. */
export function annotationTable(refId: string, anomalies: readonly Anomaly[], now: number): GrafanaTable {
  const columns: readonly TableColumn<Anomaly>[] = [
    ['time', 'time', ({ startedAt }) => startedAt],
    ['timeEnd', 'time', ({ startedAt, endedAt }) => Math.max(startedAt, endedAt ?? now)],
    ['title', 'string', ({ severity, kind, key }) => `${severity}: ${kind.replaceAll('_', ' ')} · ${localId(key)}`],
    ['text', 'string', ({ sentence, advice }) => (advice === null ? sentence : `${sentence} ${advice}`)],
    ['tags', 'string', ({ severity, kind, key }) => [severity, kind, key.cluster, key.namespace, key.hpa].join(',')],
    ['id', 'string', ({ id }) => id],
  ];
  return tableOf(refId, columns, anomalies);
}
