import type { TimeslotsAnswer } from '@hpa-watch/agent/contract';
import { useCallback } from 'react';
import type { AgentClient } from '../../api/agent-client';
import { useAgentData, type AgentData } from '../../api/use-agent-data';
import { clockAheadMs, settledAheadMs } from './cycle';

/** The schedule and how far the agent's clock is ahead of the browser's, as all answers so far tell (null: not known). */
export type HeldSchedule = { schedule: TimeslotsAnswer; aheadMs: number | null };

const EVERY_MS = 5_000;

/** The schedule, read anew every 5 s: one call for all that the page shows. */
export function useSchedule(client: AgentClient): AgentData<HeldSchedule> {
  const read = useCallback(
    async (signal: AbortSignal, before: HeldSchedule | null): Promise<HeldSchedule> => {
      const schedule = await client.timeslots({}, signal);
      const seen = clockAheadMs(schedule, Date.now());
      return { schedule, aheadMs: settledAheadMs(before?.aheadMs ?? null, seen) };
    },
    [client],
  );
  return useAgentData(read, EVERY_MS);
}
