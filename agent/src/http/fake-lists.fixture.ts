import { AgentError } from '../core/errors.ts';
import { hpaId } from '../domain/hpa.ts';
import type { Sample } from '../domain/sample.ts';
import type { HpaFilter, HpaRow } from '../storage/store.ts';

/** The last sample of each step. */
export const lastOfSteps = (samples: Sample[], stepMs = 1): Sample[] => [
  ...new Map(samples.map((sample) => [Math.floor(sample.ts / stepMs), sample])).values(),
];

/** The pages of `Store.listHpas`, over rows in memory. */
export function listRows(all: HpaRow[], filter: HpaFilter) {
  const matches = all
    .filter((row) => filter.cluster === undefined || row.cluster === filter.cluster)
    .filter((row) => filter.namespace === undefined || row.namespace === filter.namespace)
    .filter((row) => filter.q === undefined || `${row.namespace}/${row.hpa}`.includes(filter.q.toLowerCase()))
    .filter((row) => filter.state === undefined || row.baseline.state === filter.state)
    .sort((a, b) => (hpaId(a) < hpaId(b) ? -1 : 1));
  const after = filter.cursor === undefined ? '' : Buffer.from(filter.cursor, 'base64url').toString();
  if (filter.cursor !== undefined && !after.includes('/'))
    throw new AgentError('request/invalid', 'cursor is not one of ours', {
      details: { field: 'cursor', value: filter.cursor, allowed: 'next_cursor of the page before' },
    });
  const rest = matches.filter((row) => hpaId(row) > after);
  const items = rest.slice(0, filter.limit);
  const last = items.at(-1);
  const next = last && rest.length > items.length ? Buffer.from(hpaId(last)).toString('base64url') : null;
  return { items, next, total: matches.length };
}
