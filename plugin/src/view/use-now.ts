import { useEffect, useState } from 'react';

/** The browser's clock (epoch ms), anew each `everyMs`, for ages and countdowns that count on between two answers. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}
