import { parentPort, workerData } from 'node:worker_threads';
import { markCleanStop } from './clean-stop.ts';
import { openDatabase, type Database } from './database.ts';
import { storageError, toWire } from './faults.ts';
import { buffersOf, OPENING, type Request, type Response, type ThreadOptions } from './protocol.ts';
import { openOrRebuild } from './rebuild.ts';

/** The thread that owns the connection: better-sqlite3 blocks whatever thread it runs on. Started by sqlite.ts only. */
const port = parentPort;
const options = workerData as ThreadOptions;

const answer = (response: Response, moved: ArrayBuffer[] = []) => port?.postMessage(response, moved);

/** Looked over when it was opened, and nothing was found since. */
let isSound = options.check !== null;

function attempt<T>(id: number, fn: () => T): T | null {
  try {
    return fn();
  } catch (error) {
    const fault = storageError(error, options.path);
    if (fault.code === 'storage/corrupt') isSound = false;
    answer({ id, error: toWire(fault) });
    return null;
  }
}

function serve(database: Database) {
  port?.on('message', ({ id, method, args }: Request) => {
    attempt(id, () => {
      const calls = database as Record<string, (...args: unknown[]) => unknown>;
      const value = calls[method]?.(...args);
      if (method === 'close' && isSound) markCleanStop(options.path);
      answer({ id, value }, buffersOf(value));
    });
    if (method === 'close') port.close();
  });
}

const open = () =>
  options.check === null ? { database: openDatabase(options), rebuilt: null } : openOrRebuild(options, options.check);

const opened = attempt(OPENING, open);
if (opened !== null) {
  serve(opened.database);
  answer({ id: OPENING, value: { ...opened.database.opened(), rebuilt: opened.rebuilt } });
}
