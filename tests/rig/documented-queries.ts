import { readFileSync } from 'node:fs';
import { OWNS_REPLICA_SETS } from './hand-made-hpa.ts';

/** The queries of docs/collection.md by the word after `promql`, with placeholders NS, HPA, KIND, TARGET and PODS. */
export function readDocumentedQueries(): Map<string, string> {
  const text = readFileSync(new URL('../../docs/collection.md', import.meta.url), 'utf8');
  return new Map(
    [...text.matchAll(/^```promql (\S+)\n([\s\S]*?)^```$/gm)].map(([, name, query]) => [name ?? '', query ?? '']),
  );
}

export type DocumentedSubject = { namespace: string; hpa: string; kind: string; target: string };

/** A documented query about one HPA, ready to run. */
export function documentedQuery(name: string, { namespace, hpa, kind, target }: DocumentedSubject): string {
  const queries = readDocumentedQueries();
  const pods = queries.get(OWNS_REPLICA_SETS.has(kind) ? 'pods-by-replicaset' : 'pods-by-owner');
  const query = queries.get(name);
  if (query === undefined || pods === undefined) throw new Error(`docs/collection.md has no query ${name}`);
  return query
    .replaceAll('PODS', pods)
    .replaceAll('"NS"', `"${namespace}"`)
    .replaceAll('"HPA"', `"${hpa}"`)
    .replaceAll('"KIND"', `"${kind}"`)
    .replaceAll('"TARGET"', `"${target}"`);
}
