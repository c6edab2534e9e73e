import type { z } from 'zod';
import {
  ANOMALY_KIND_NAMES,
  ANOMALY_STATE_NAMES,
  SEVERITY_NAMES,
  type anomalyListQuerySchema,
} from '../contract/anomalies.ts';
import type { AnomalyFilter } from '../storage/anomaly-store.ts';
import { chosenOf } from './choice.ts';
import { invalid } from './input.ts';
import { checkName } from './names.ts';
import { iso } from './time-text.ts';

/**
 * What the store is asked for; the cluster as it was named.
 * @throws AgentError `request/invalid`, `hpa/invalid-name`
 */
export function anomalyFilter(query: z.output<typeof anomalyListQuerySchema>): AnomalyFilter {
  const { cluster, namespace, hpa } = query;
  if (cluster !== undefined) checkName('cluster', cluster);
  if (namespace !== undefined) checkName('namespace', namespace);
  if (hpa !== undefined) checkName('hpa', hpa);
  if (query.since !== undefined && query.cursor !== undefined)
    throw invalid('since goes without cursor: what changed comes on one page', {
      field: 'cursor',
      value: query.cursor,
      allowed: 'no cursor beside since',
    });
  return {
    state: chosenOf('state', query.state, ANOMALY_STATE_NAMES),
    severity: chosenOf('severity', query.severity, SEVERITY_NAMES),
    kind: chosenOf('kind', query.kind, ANOMALY_KIND_NAMES),
    cluster,
    namespace,
    hpa,
    ...spanOf(query),
    limit: query.limit,
    cursor: query.cursor,
  };
}

function spanOf(query: { from?: string | undefined; to?: string | undefined }) {
  const from = query.from === undefined ? undefined : Date.parse(query.from);
  const to = query.to === undefined ? undefined : Date.parse(query.to);
  if (from !== undefined && to !== undefined && from > to)
    throw invalid(`from ${iso(from)} is after to ${iso(to)}`, {
      field: 'from',
      value: query.from,
      allowed: `a time not after ${iso(to)}`,
    });
  return { from, to };
}
