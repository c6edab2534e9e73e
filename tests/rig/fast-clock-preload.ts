/**
 * Loaded before a built agent's own code (`node --import`): its Clock, the one through which everything in it that acts at a time does so,
 * is one that can run fast. What libraries and Node do by themselves (a connection kept alive, limits of the HTTP server) runs at the machine's
 * pace. Its threads are told the time by those who ask them for something.
 */
import { readFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import type { Clock } from '../../agent/src/core/clock.ts';
import { FAST_TIME, fastClock, type FastTime } from './fast-clock.ts';

if (isMainThread) {
  const module: string = new URL('../../agent/dist/core/clock.js', import.meta.url).href;
  const { systemClock } = (await import(module)) as { systemClock: Clock };
  const read = () => JSON.parse(readFileSync(process.env[FAST_TIME] ?? '', 'utf8')) as FastTime;
  const clock = fastClock(read());
  Object.assign(systemClock, clock);
  process.on('SIGUSR2', () => clock.follow(read()));
}
