import { useCallback, useEffect, useRef, useState } from 'react';
import { proxyTransport } from '../../api/transport';
import { testConnection } from './connection-test';
import type { StepResults } from './StepList';

/** Tests the data source at `url` now, whenever it is another, and on demand. A newer test ends an older one. */
export function useConnectionTest(url: string | null): { results: StepResults; isRunning: boolean; again: () => void } {
  const [results, setResults] = useState<StepResults>({});
  const [isRunning, setIsRunning] = useState(false);
  const running = useRef<AbortController | null>(null);
  const again = useCallback(() => {
    running.current?.abort();
    if (url === null) return;
    const abort = new AbortController();
    running.current = abort;
    setResults({});
    setIsRunning(true);
    void testConnection(proxyTransport(url), abort.signal, (name, result) =>
      setResults((was) => ({ ...was, [name]: result })),
    ).finally(() => {
      if (!abort.signal.aborted) setIsRunning(false);
    });
  }, [url]);
  useEffect(() => {
    again();
    return () => running.current?.abort();
  }, [again]);
  return { results, isRunning, again };
}
