import { Worker } from 'node:worker_threads';
import { AgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Database } from './database.ts';
import { fromWire } from './faults.ts';
import { OPENING, type Method, type Opened, type Response, type ThreadOptions } from './protocol.ts';

type Waiting = { resolve: (value: unknown) => void; reject: (error: AgentError) => void };

export type DatabaseThread = {
  opened: Opened;
  /** Calls are done one after another, in the order they were made. */
  call: <M extends Method>(method: M, ...args: Parameters<Database[M]>) => Promise<ReturnType<Database[M]>>;
  /** Waits for the calls made so far, closes the database and ends the thread; later calls reject `storage/closed`. */
  close: () => Promise<void>;
};

export type ThreadWatch = {
  logger?: Logger | undefined;
  /** Called once when the thread can serve no longer: the database was found damaged, or the thread ended by itself. */
  onBroken?: ((error: AgentError) => void) | undefined;
};

/** Starts the thread and waits until the database is open. Rejects, with no thread left, where it cannot be opened. */
export async function startThread(
  entry: URL,
  data: ThreadOptions,
  { logger, onBroken }: ThreadWatch = {},
): Promise<DatabaseThread> {
  // Its own environment and argv are of no use to it; execArgv is inherited, for what runs the sources may need flags.
  const worker = new Worker(entry, { workerData: data, name: 'storage' });
  const waiting = new Map<number, Waiting>();
  let lastId = OPENING;
  let lost: AgentError | null = null;
  let closing: Promise<void> | null = null;

  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));

  let isOpen = false;
  let isBroken = false;
  const breakOnce = (error: AgentError) => {
    if (!isOpen || isBroken || closing) return;
    isBroken = true;
    onBroken?.(error);
  };
  const lose = (error: AgentError) => {
    lost ??= error;
    breakOnce(lost);
    for (const { reject } of waiting.values()) reject(lost);
    waiting.clear();
  };
  const failed = (reason: string, cause?: unknown) =>
    new AgentError('storage/failed', `The storage thread of ${data.path} ended: ${reason}.`, { cause });

  worker.on('message', (response: Response) => {
    const call = waiting.get(response.id);
    waiting.delete(response.id);
    // An idle thread must not keep the process alive.
    if (waiting.size === 0) worker.unref();
    if (!('error' in response)) return void call?.resolve(response.value);
    const error = fromWire(response.error);
    call?.reject(error);
    if (error.code === 'storage/corrupt') breakOnce(error);
  });
  worker.on('error', (error) => {
    logger?.error({ err: error, path: data.path }, 'storage thread crashed');
    lose(failed(error instanceof Error ? error.message : String(error), error));
  });
  worker.on('messageerror', (error) => lose(failed('an answer could not be read', error)));
  worker.on('exit', (code) => lose(closing ? closedError(data.path) : failed(`exit code ${code}`)));

  const answerTo = (id: number): Promise<unknown> =>
    new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject });
      worker.ref();
    });

  const send = async (method: Method, args: unknown[]): Promise<unknown> => {
    if (lost) throw lost;
    const id = ++lastId;
    const answer = answerTo(id);
    try {
      worker.postMessage({ id, method, args }, buffersIn(args));
    } catch (error) {
      waiting.delete(id);
      throw new AgentError('storage/failed', `The call ${method} cannot be sent to the storage thread.`, {
        cause: error,
      });
    }
    return answer;
  };

  const opened = (await answerTo(OPENING).catch(async (error: unknown) => {
    await ended;
    throw error;
  })) as Opened;
  isOpen = true;

  return {
    opened,
    async call(method, ...args) {
      if (closing) throw closedError(data.path);
      return (await send(method, args)) as ReturnType<Database[typeof method]>;
    },
    close() {
      closing ??= (async () => {
        if (lost) return;
        await send('close', []);
        worker.ref();
        await ended;
      })();
      return closing;
    },
  };
}

const closedError = (path: string): AgentError => new AgentError('storage/closed', `The database ${path} is closed.`);

/** Buffers to be moved: those of the typed arrays in the arguments (samples of a batch). */
function buffersIn(args: readonly unknown[]): ArrayBuffer[] {
  const fields = args.flatMap((arg): unknown[] => (arg instanceof Object ? Object.values(arg) : []));
  return fields.filter((field) => ArrayBuffer.isView(field)).map(({ buffer }) => buffer as ArrayBuffer);
}
