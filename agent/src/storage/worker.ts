import { parentPort, workerData } from 'node:worker_threads';
import { openDatabase, type Database, type DatabaseOptions } from './database.ts';
import { storageError, toWire } from './faults.ts';
import { buffersOf, OPENING, type Request, type Response } from './protocol.ts';

/** The thread that owns the connection: better-sqlite3 blocks whatever thread it runs on. Started by sqlite.ts only. */
const port = parentPort;
const options = workerData as DatabaseOptions;

const answer = (response: Response, moved: ArrayBuffer[] = []) => port?.postMessage(response, moved);

function attempt<T>(id: number, fn: () => T): T | null {
  try {
    return fn();
  } catch (error) {
    answer({ id, error: toWire(storageError(error, options.path)) });
    return null;
  }
}

function serve(database: Database) {
  port?.on('message', ({ id, method, args }: Request) => {
    attempt(id, () => {
      const calls = database as Record<string, (...args: unknown[]) => unknown>;
      const value = calls[method]?.(...args);
      answer({ id, value }, buffersOf(value));
    });
    if (method === 'close') port.close();
  });
}

const database = attempt(OPENING, () => openDatabase(options));
if (database !== null) {
  serve(database);
  answer({ id: OPENING, value: database.opened() });
}
