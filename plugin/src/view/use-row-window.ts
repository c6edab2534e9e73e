import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react';
import { rowsInSight, startsOf } from './row-window';

type Wanted = {
  /** One a row, unique. */
  keys: readonly string[];
  /** Of a row that was not in sight yet, px. */
  estimate: number;
  /** Rows drawn beyond what is in sight, on either side. */
  more: number;
  scroller: RefObject<HTMLElement | null>;
};

export type RowWindow = {
  rows: { index: number; start: number }[];
  height: number;
  /** `ref` of each row that is drawn; the row says which it is by `data-index`. */
  measure: (row: HTMLElement | null) => void;
};

/**
 * Draws only the rows in sight of a list whose rows may differ in height. For nested plugins, which must stay small: the pages' larger lists use
 * @tanstack/react-virtual.
 */
export function useRowWindow({ keys, estimate, more, scroller }: Wanted): RowWindow {
  const [sight, setSight] = useState({ top: 0, height: 0 });
  const [heights, setHeights] = useState<ReadonlyMap<string, number>>(new Map());
  const latestKeys = useRef(keys);
  useLayoutEffect(() => {
    latestKeys.current = keys;
  }, [keys]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const look = (): void => setSight({ top: element.scrollTop, height: element.clientHeight });
    look();
    const observer = new ResizeObserver(look);
    observer.observe(element);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, [scroller]);

  const rowObserver = useRef<ResizeObserver | null>(null);
  useEffect(() => () => rowObserver.current?.disconnect(), []);
  const measure = useCallback((row: HTMLElement | null) => {
    if (row === null) return;
    rowObserver.current ??= new ResizeObserver((entries) => {
      const gone = entries.filter(({ target }) => !target.isConnected);
      for (const { target } of gone) rowObserver.current?.unobserve(target);
      setHeights((was) => withMeasured(was, entries, latestKeys.current));
    });
    rowObserver.current.observe(row);
  }, []);

  const starts = useMemo(() => startsOf(keys, heights, estimate), [keys, heights, estimate]);
  const [first, end] = rowsInSight(starts, sight, more);
  const rows = Array.from({ length: end - first }, (_, i) => ({ index: first + i, start: starts[first + i] ?? 0 }));
  return { rows, height: starts.at(-1) ?? 0, measure };
}

/** The same map while no height changed. */
function withMeasured(
  was: ReadonlyMap<string, number>,
  entries: readonly ResizeObserverEntry[],
  keys: readonly string[],
): ReadonlyMap<string, number> {
  const measured = entries.flatMap(({ target }): [string, number][] => {
    if (!(target instanceof HTMLElement) || !target.isConnected) return [];
    const key = keys[Number(target.dataset['index'])];
    return key === undefined || was.get(key) === target.offsetHeight ? [] : [[key, target.offsetHeight]];
  });
  return measured.length === 0 ? was : new Map([...was, ...measured]);
}
