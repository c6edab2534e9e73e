import { DEFAULT_METRIC, FIELDS_OF, isQueryType, namesOf, type HpaWatchQuery, type QueryField } from './query-model';

const SHOWN = ['metric', 'parts', 'cluster', 'namespace', 'hpa', 'severity', 'kind', 'state'] as const;

/** A query in one line, as lists of queries and the history of Explore show it: `band cpu, cluster prod, hpa shop/api`. */
export function queryText(query: HpaWatchQuery): string {
  const { queryType, live } = query;
  if (!isQueryType(queryType)) return '';
  const fields: readonly QueryField[] = FIELDS_OF[queryType];
  const parts = SHOWN.filter((field) => fields.includes(field)).flatMap((field) => {
    const names = namesOf(query, field);
    if (field === 'metric') return [];
    return names.length === 0 ? [] : [`${field} ${names.join(' ')}`];
  });
  const metrics = namesOf(query, 'metric').join(' ') || DEFAULT_METRIC[queryType];
  const first = fields.includes('metric') && metrics !== undefined ? `${queryType} ${metrics}` : queryType;
  return [first, ...parts, ...(live === true ? ['live'] : [])].join(', ');
}
