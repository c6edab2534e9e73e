import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useEffect, useState } from 'react';
import type { AgentClient } from '../../api/agent-client';

/** The anomaly that the address names: from the list, or asked for by itself where the list does not hold it. null: none, or not known. */
export function useOneAnomaly(
  client: AgentClient,
  id: string | null,
  items: readonly AnomalyView[] | null,
): { one: AnomalyView | null; set: (anomaly: AnomalyView) => void } {
  const listed = items?.find((one) => one.id === id) ?? null;
  const [fetched, setFetched] = useState<AnomalyView | null>(null);
  const isMissing = id !== null && items !== null && listed === null && fetched?.id !== id;
  useEffect(() => {
    if (!isMissing || id === null) return undefined;
    const abort = new AbortController();
    client
      .anomaly(id, abort.signal)
      .then(({ anomaly }) => setFetched(anomaly))
      // The agent does not know it (any more): then there is nothing to open.
      .catch(() => undefined);
    return () => abort.abort();
  }, [client, id, isMissing]);
  return { one: listed ?? (fetched?.id === id ? fetched : null), set: setFetched };
}
