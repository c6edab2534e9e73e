import { interval } from 'rxjs';
import type { LiveClock } from './live';

export const browserClock: LiveClock = {
  now: () => Date.now(),
  every: (ms) => interval(ms),
  isWatched: () => !document.hidden,
};
