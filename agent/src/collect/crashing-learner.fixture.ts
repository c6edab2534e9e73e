import { parentPort } from 'node:worker_threads';

/** A learning thread that dies of its first request. */
parentPort?.on('message', () => {
  throw new Error('out of memory');
});
