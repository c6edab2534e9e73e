import { parentPort, threadId } from 'node:worker_threads';

/** A learning thread that answers which one it is. */
parentPort?.on('message', ({ id }: { id: number }) => parentPort?.postMessage({ id, profile: threadId }));
