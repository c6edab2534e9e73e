import { useRef } from 'react';

/** The object of before while the new one says the same, so that what hangs on it is not made anew. */
export function useSteady<T>(value: T, isSame: (before: T, after: T) => boolean): T {
  const held = useRef(value);
  if (held.current !== value && !isSame(held.current, value)) held.current = value;
  return held.current;
}
