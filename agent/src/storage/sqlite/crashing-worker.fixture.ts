import { parentPort } from 'node:worker_threads';
import { OPENING, type Request } from './protocol.ts';

/** A thread that opens well, never answers, and breaks at the call `check`. */
parentPort?.on('message', ({ method }: Request) => {
  if (method === 'check') throw new Error('the thread broke');
});
parentPort?.postMessage({ id: OPENING, value: { from: 1, to: 1 } });
