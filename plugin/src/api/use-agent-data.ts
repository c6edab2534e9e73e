import { useCallback, useEffect, useRef, useState } from 'react';
import { toProblem, type AgentProblem } from './problem';

/**
 * What a page knows of its data. `data` stays while it is read again and after a failure, so that nothing moves; with `problem` it is stale
 * since `at` (epoch ms).
 */
export type AgentData<T> = {
  data: T | null;
  problem: AgentProblem | null;
  isLoading: boolean;
  at: number | null;
  reload: () => void;
};

type Held<T> = { data: T | null; problem: AgentProblem | null; isLoading: boolean; at: number | null };

/**
 * Reads now, whenever `read` changes (keep it stable by useCallback) and each `everyMs` while the page is visible. `read` gets what was read
 * before, for calls that tell only what changed. A newer read aborts an older one, but a poll waits for the read that is under way: an agent
 * slower than the interval is still heard.
 */
export function useAgentData<T>(
  read: (signal: AbortSignal, before: T | null) => Promise<T>,
  everyMs: number | null,
): AgentData<T> {
  const [held, setHeld] = useState<Held<T>>({ data: null, problem: null, isLoading: true, at: null });
  const last = useRef<{ read: typeof read; data: T | null }>({ read, data: null });
  const running = useRef<AbortController | null>(null);

  const load = useCallback(async () => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    const before = last.current.read === read ? last.current.data : null;
    try {
      const data = await read(abort.signal, before);
      if (abort.signal.aborted) return;
      last.current = { read, data };
      setHeld({ data, problem: null, isLoading: false, at: Date.now() });
    } catch (error) {
      if (abort.signal.aborted) return;
      setHeld((was) => ({ ...was, problem: toProblem(error), isLoading: false }));
    } finally {
      if (running.current === abort) running.current = null;
    }
  }, [read]);

  useEffect(() => {
    setHeld((was) => ({ ...was, isLoading: true }));
    void load();
    const poll = (): void => {
      if (!document.hidden && running.current === null) void load();
    };
    const timer = everyMs === null ? undefined : setInterval(poll, everyMs);
    return () => {
      clearInterval(timer);
      running.current?.abort();
    };
  }, [load, everyMs]);

  return { ...held, reload: () => void load() };
}
