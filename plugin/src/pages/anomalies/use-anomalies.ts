import type { AnomalyView } from '@hpa-watch/agent/contract';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { readAnomalies, type ChangedList } from '../../api/changed-list';
import { useAgentData, type AgentData } from '../../api/use-agent-data';
import { askedOf, matches, type AnomaliesView } from './anomalies-url';
import { isLive, timeRangeOf } from './shown-range';
import { overlaps, spanOf } from './timeline-model';

const EVERY_MS = 10_000;
const MOST_ANOMALIES = 2_000;

/** With `since` the agent wants the same range again: a live one keeps the beginning that it had when it was chosen. */
type Held = ChangedList<AnomalyView> & { range: { from: string; to?: string } };

export type Anomalies = {
  /** All that were read, with what was done to them. */
  items: AnomalyView[] | null;
  /** Those that are shown, newest first; null: nothing is known yet. */
  shown: AnomalyView[] | null;
  /** How many the agent has besides, since only the newest are read. */
  left: number;
  data: AgentData<Held>;
  /** Shows at once what was done to one. */
  put: (anomaly: AnomalyView) => void;
};

/** The anomalies of a range, read once and then by what changed. `now` is epoch ms. */
export function useAnomalies(client: AgentClient, view: AnomaliesView, now: number): Anomalies {
  const { from, to } = view;
  const { state, severity, kind, cluster } = askedOf(view);
  const read = useCallback(
    async (signal: AbortSignal, before: Held | null): Promise<Held> => {
      const range = before?.range ?? rangeQuery(from, to);
      const query = { ...range, state, severity, kind, cluster };
      return { ...(await readAnomalies(client, query, before, MOST_ANOMALIES, signal)), range };
    },
    [client, from, to, state, severity, kind, cluster],
  );
  const data = useAgentData(read, EVERY_MS);
  const [changed, setChanged] = useState<ReadonlyMap<string, AnomalyView>>(new Map());
  useEffect(() => setChanged(new Map()), [data.at]);

  const held = data.data?.items;
  const items = useMemo(() => held?.map((one) => changed.get(one.id) ?? one) ?? null, [held, changed]);
  const shown = useMemo(() => {
    if (items === null) return null;
    const range = timeRangeOf(view.from, view.to, now);
    const span = { from: range.from.valueOf(), to: range.to.valueOf() };
    const isShown = (one: AnomalyView): boolean => matches(one, view) && overlaps(spanOf(one, now), span);
    return items.filter(isShown);
  }, [items, view, now]);

  return {
    items,
    shown,
    left: Math.max(0, (data.data?.total ?? 0) - (items?.length ?? 0)),
    data,
    put: (anomaly) => setChanged((was) => new Map(was).set(anomaly.id, anomaly)),
  };
}

function rangeQuery(from: string, to: string): Held['range'] {
  const range = timeRangeOf(from, to, Date.now());
  return { from: range.from.toISOString(), ...(!isLive(to) && { to: range.to.toISOString() }) };
}
