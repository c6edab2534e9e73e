import { Alert, LoadingPlaceholder } from '@grafana/ui';
import { useEffect, useState, type ReactNode } from 'react';

type State<T> = { kind: 'loading' } | { kind: 'loaded'; value: T } | { kind: 'failed'; message: string };

/** Waits for `load`, then shows its value; a failure in words. */
export function Loaded<T>({ load, children }: { load: Promise<T>; children: (value: T) => ReactNode }) {
  const [state, setState] = useState<State<T>>({ kind: 'loading' });
  useEffect(() => {
    let isWanted = true;
    const settle = (next: State<T>) => isWanted && setState(next);
    load.then(
      (value) => settle({ kind: 'loaded', value }),
      (error: unknown) => settle({ kind: 'failed', message: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isWanted = false;
    };
  }, [load]);
  if (state.kind === 'loading') return <LoadingPlaceholder text="" />;
  if (state.kind === 'failed') return <Alert title="This plugin did not load">{state.message}</Alert>;
  return <>{children(state.value)}</>;
}
