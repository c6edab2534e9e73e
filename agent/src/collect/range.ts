import { halve, type Window } from '../domain/window.ts';
import { asksForLess, isQueryTooLong } from '../prometheus/failure.ts';
import type { Prometheus, Series } from '../prometheus/prometheus.ts';

/**
 * A range query about a group, in as few requests as the server allows: a refused or timed-out one is halved in time, and
 * once that is a single instant, in members. `build` answers null where there is nothing to ask about these members.
 *
 * @throws AgentError `prometheus/*`: the last refusal where nothing is left to halve, any other failure at once
 */
export async function collectRange<T>(
  prometheus: Pick<Prometheus, 'range'>,
  build: (members: readonly T[]) => string | null,
  members: readonly T[],
  window: Window,
  signal: AbortSignal,
): Promise<Series[]> {
  const query = build(members);
  if (query === null) return [];
  try {
    return await prometheus.range({ query, ...window }, signal);
  } catch (error) {
    if (!asksForLess(error) || signal.aborted) throw error;
    const halves = isQueryTooLong(error) ? null : halve(window);
    if (halves) {
      const newer = await collectRange(prometheus, build, members, halves[1], signal);
      return [...(await collectRange(prometheus, build, members, halves[0], signal)), ...newer];
    }
    if (members.length < 2) throw error;
    const middle = Math.ceil(members.length / 2);
    const first = await collectRange(prometheus, build, members.slice(0, middle), window, signal);
    return [...first, ...(await collectRange(prometheus, build, members.slice(middle), window, signal))];
  }
}
