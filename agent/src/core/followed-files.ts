import { readFile } from 'node:fs/promises';
import { SECOND, type Clock } from './clock.ts';
import { AgentError, isAgentError } from './errors.ts';
import type { Logger } from './logger.ts';

/** What a person should know of files that are followed. */
export type FollowedState = {
  /** The setting that names them. */
  setting: string;
  /** When what is used now was read, epoch ms. */
  loadedAt: number;
  /** Why what the files hold now is not used; null: it is used. */
  error: string | null;
};

export type FollowedFiles<T> = {
  current(): T;
  state(): FollowedState;
  stop(): void;
};

export type FollowOptions<T> = {
  setting: string;
  paths: readonly string[];
  /** Makes something of the contents, in the order of `paths`. @throws AgentError with a sentence that holds no secret */
  make: (contents: readonly string[]) => T;
  onChange?: (value: T) => void;
  clock: Clock;
  logger: Logger;
  everyMs?: number;
  /** Of tests; absent: the file system. */
  read?: (path: string) => Promise<string>;
};

export const FOLLOW_EVERY_MS = 2 * SECOND;

/**
 * Reads files now and again every few seconds, and uses what they hold when it has changed. What cannot be used changes nothing: the former
 * stays in use, and log and state say why. Read by content rather than told by the system: files are replaced by rename, by a turned symbolic
 * link (Kubernetes), on file systems that tell nothing (NFS, a mount into a virtual machine).
 * @throws AgentError where the files cannot be used at the start
 */
export async function followFiles<T>(options: FollowOptions<T>): Promise<FollowedFiles<T>> {
  const { setting, paths, make, onChange, clock, logger, everyMs = FOLLOW_EVERY_MS } = options;
  const readOne = options.read ?? ((path: string) => readFile(path, 'utf8'));
  const read = async (): Promise<string[]> => {
    const results = await Promise.allSettled(paths.map((path) => contentOf(setting, path, readOne)));
    // Of several files that cannot be read the first one is named, whichever failed first.
    return results.map((result) => {
      if (result.status === 'rejected') throw result.reason;
      return result.value;
    });
  };
  let used = await read();
  let value = make(used);
  let loadedAt = clock.now();
  let error: string | null = null;
  /** What went wrong at the last look. Told only when it is the same at the next: two files are not replaced at one moment. */
  let seen: string | null = null;
  let stopped = false;

  async function look(): Promise<void> {
    let contents: string[] | null = null;
    try {
      contents = await read();
      if (stopped) return;
      if (contents.some((content, index) => content !== used[index])) {
        value = make(contents);
        used = contents;
        loadedAt = clock.now();
        logger.info({ setting, files: paths }, 'changed files were read again and are used from now on');
        onChange?.(value);
      }
      if (error !== null) logger.info({ setting }, 'the files can be used again');
      error = seen = null;
    } catch (thrown) {
      const why = isAgentError(thrown) ? thrown.message : 'they cannot be used';
      const fault = JSON.stringify([why, contents?.map((content) => content.length)]);
      if (seen === fault && error !== why) {
        error = why;
        logger.warn({ setting, files: paths, why }, 'changed files cannot be used; what was read before stays in use');
      }
      seen = fault;
    }
  }

  let cancel = clock.after(everyMs, again);
  function again(): void {
    void look().finally(() => {
      if (!stopped) cancel = clock.after(everyMs, again);
    });
  }
  return {
    current: () => value,
    state: () => ({ setting, loadedAt, error }),
    stop() {
      stopped = true;
      cancel();
    },
  };
}

async function contentOf(setting: string, path: string, read: (path: string) => Promise<string>): Promise<string> {
  try {
    return await read(path);
  } catch (cause) {
    throw new AgentError('config/unreadable', `${setting}: ${path} cannot be read (${(cause as Error).message})`, {
      cause,
    });
  }
}
