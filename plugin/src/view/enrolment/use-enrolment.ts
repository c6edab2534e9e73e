import type { DiscoveryAnswer, HpaItem } from '@hpa-watch/agent/contract';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { AgentClient, HpaKey } from '../../api/agent-client';
import { hpaKeyText, readHpas, type ChangedList } from '../../api/changed-list';
import type { AgentProblem } from '../../api/problem';
import { useAgentData, type AgentData } from '../../api/use-agent-data';
import { timeLeftMs, withFirstSeen, type FirstSeen } from './progress';
import { rowsOf, type Asked, type EnrolmentRow } from './rows';

const DISCOVER_EVERY_MS = 60_000;
const CALM_EVERY_MS = 10_000;
/** While something is being collected. */
const BUSY_EVERY_MS = 1_500;

type Watched = ChangedList<HpaItem> & { at: number; seen: ReadonlyMap<string, FirstSeen> };

export type Enrolment = {
  /** null: nothing is known yet. */
  rows: EnrolmentRow[] | null;
  discovery: AgentData<DiscoveryAnswer>;
  watched: AgentData<Watched>;
  /** What the list could not be read for; that a cluster does not answer is no such thing. */
  problem: AgentProblem | null;
  enrol: (keys: readonly HpaKey[]) => Promise<void>;
  stop: (key: HpaKey, purge: boolean) => Promise<void>;
  collectAgain: (key: HpaKey) => Promise<void>;
};

/** The HPAs of a cluster on their way to a baseline. Give the component another key for another cluster. */
export function useEnrolment(client: AgentClient, cluster: string): Enrolment {
  const [asked, setAsked] = useState<ReadonlyMap<string, Asked>>(new Map());
  const [everyMs, setEveryMs] = useState(CALM_EVERY_MS);
  const discover = useCallback((signal: AbortSignal) => client.discover(cluster, signal), [client, cluster]);
  const discovery = useAgentData(discover, DISCOVER_EVERY_MS);
  const readWatched = useCallback(
    async (signal: AbortSignal, before: Watched | null): Promise<Watched> => {
      const list = await readHpas(client, { cluster }, before, signal);
      const at = Date.now();
      return {
        ...list,
        at,
        seen: withFirstSeen(before?.seen ?? new Map(), list.items.filter(isCollecting).map(seen), at),
      };
    },
    [client, cluster],
  );
  const watched = useAgentData(readWatched, everyMs);

  const rows = useMemo(() => {
    const { data } = watched;
    if (data === null || (discovery.data === null && discovery.isLoading)) return null;
    return rowsOf({
      cluster,
      discovered: discovery.data?.hpas ?? null,
      watched: data.items,
      watchedAt: data.at,
      asked,
      left: ({ baseline }, key) =>
        timeLeftMs(
          baseline.progress,
          asked.get(key)?.result?.estimated_completion ?? null,
          data.seen.get(key) ?? null,
          data.at,
        ),
    });
  }, [cluster, discovery.data, discovery.isLoading, watched, asked]);

  const isBusy = rows?.some(({ state }) => state.kind === 'collecting' || state.kind === 'asked') ?? false;
  useEffect(() => setEveryMs(isBusy ? BUSY_EVERY_MS : CALM_EVERY_MS), [isBusy]);

  const put = (keys: readonly HpaKey[], valueOf: (index: number) => Asked | null): void =>
    setAsked((was) => {
      const next = new Map(was);
      keys.forEach((key, index) => {
        const value = valueOf(index);
        if (value === null) next.delete(hpaKeyText(key));
        else next.set(hpaKeyText(key), value);
      });
      return next;
    });

  return {
    rows,
    discovery,
    watched,
    problem: watched.problem,
    async enrol(keys) {
      const items = keys.map(({ namespace, hpa }) => ({ cluster, namespace, hpa }));
      put(items, () => ({ at: Date.now(), result: null }));
      try {
        const { results } = await client.enrol({ items });
        put(items, (index) => ({ at: Date.now(), result: results[index] ?? null }));
      } catch (error) {
        put(items, () => null);
        throw error;
      }
      watched.reload();
    },
    async stop(key, purge) {
      await client.stop(key, purge);
      put([key], () => null);
      watched.reload();
      discovery.reload();
    },
    async collectAgain(key) {
      await client.collectAgain(key);
      watched.reload();
    },
  };
}

const isCollecting = ({ baseline }: HpaItem): boolean => baseline.state === 'queued' || baseline.state === 'running';
const seen = (item: HpaItem) => ({ key: hpaKeyText(item), percent: item.baseline.progress });
