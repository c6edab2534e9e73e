import { mkdir, open, readdir, readFile, rm, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AgentError, toAgentError } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import { syncToDisk } from '../durable-file.ts';
import { decodeFrame, encodeFrame, framesIn, MAGIC, type FrameKind } from './frame.ts';

export type JournalOptions = { dir: string; maxBytes: number; segmentBytes?: number; logger: Logger };

/** A batch that waits, in the order of writing. */
export type Waiting = { cluster: string; segment: number; offset: number; length: number };

/**
 * Batches on the disk, in files of some MiB that are only appended to: once `append` resolves, neither a crash of the agent nor a power cut takes the batch
 * back. A file is removed when nothing in it waits any more, so after a crash some of what was done already is found again: whoever uses it must be
 * able to do a batch twice.
 */
export type Journal = {
  /** What waits, oldest first. */
  waiting(): readonly Waiting[];
  bytes(): number;
  /** @throws AgentError `storage/full` where the limit or the disk leaves no room; nothing is half written then; `storage/closed` after `close` */
  append(cluster: string, body: Buffer): Promise<Waiting>;
  /** @throws AgentError `storage/corrupt` where the disk gives back something else than was written */
  read(batch: Waiting): Promise<Buffer>;
  /** They are done. */
  done(batches: Iterable<Waiting>): Promise<void>;
  /** What waits for a cluster never counts again, not even after a crash. Answers how many batches. */
  drop(cluster: string): Promise<number>;
  /** What waits stays on the disk; no file is open from here on. */
  close(): Promise<void>;
};

const SEGMENT_BYTES = 4 * 2 ** 20;
const NAME = /^(\d{10})\.buffer$/;
const nameOf = (segment: number): string => `${String(segment).padStart(10, '0')}.buffer`;

export async function openJournal({
  dir,
  maxBytes,
  segmentBytes = SEGMENT_BYTES,
  logger,
}: JournalOptions): Promise<Journal> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const sizes = new Map<number, number>();
  let waiting: Waiting[] = [];
  let current: { segment: number; file: FileHandle } | null = null;
  let next = 1;
  let isClosed = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = last.then(run);
    last = mine.catch(() => undefined);
    return mine;
  };
  const path = (segment: number): string => join(dir, nameOf(segment));
  const bytes = (): number => [...sizes.values()].reduce((sum, size) => sum + size, 0);

  async function load(): Promise<void> {
    const segments = (await readdir(dir))
      .flatMap((name) => NAME.exec(name)?.[1] ?? [])
      .map(Number)
      .sort((a, b) => a - b);
    for (const [i, segment] of segments.entries()) {
      const file = await readFile(path(segment));
      const { frames, end } = framesIn(file);
      for (const { kind, cluster, offset, length } of frames)
        if (kind === 'drop') waiting = waiting.filter((batch) => batch.cluster !== cluster);
        else waiting.push({ cluster, segment, offset, length });
      next = segment + 1;
      if (end === 0) await rm(path(segment), { force: true });
      else if (end < file.length) await truncate(path(segment), end);
      if (end > 0) sizes.set(segment, end);
      // The end of the newest file was being written when the agent or the machine ended; nobody was told that it was kept.
      if (end === file.length || i === segments.length - 1) continue;
      // Cursors in later batches would pass over minutes that are lost here; without them those minutes are read from Prometheus again.
      logger.error(
        { dir, file: nameOf(segment) },
        'what was buffered for the database is damaged; what follows is read from Prometheus again',
      );
      for (const later of segments.slice(i + 1)) await rm(path(later), { force: true });
      break;
    }
    await tidy();
  }

  /** Removes files in which nothing waits, but for the one that is being written. */
  async function tidy(): Promise<void> {
    const used = new Set(waiting.map(({ segment }) => segment));
    const isEmpty = used.size === 0;
    if (current !== null && isEmpty) {
      await current.file.close();
      current = null;
    }
    // Oldest first, so that a crash on the way leaves what belongs together.
    const oldest = isEmpty ? Infinity : Math.min(...used);
    for (const segment of [...sizes.keys()].sort((a, b) => a - b)) {
      if (segment >= oldest) break;
      await rm(path(segment), { force: true });
      sizes.delete(segment);
    }
  }

  /** A new file; without its beginning nothing in it would be found again, so it stays only with it. */
  async function begin(): Promise<{ segment: number; file: FileHandle }> {
    const segment = next;
    const file = await open(path(segment), 'wx+', 0o600);
    next += 1;
    try {
      await file.write(MAGIC, 0, MAGIC.length, 0);
      syncToDisk(dir);
    } catch (error) {
      await file.close();
      await rm(path(segment), { force: true });
      throw error;
    }
    sizes.set(segment, MAGIC.length);
    return { segment, file };
  }

  async function write(frame: Buffer): Promise<{ segment: number; offset: number }> {
    if (current !== null && (sizes.get(current.segment) ?? 0) >= segmentBytes) {
      await current.file.close();
      current = null;
    }
    current ??= await begin();
    const { segment, file } = current;
    const offset = sizes.get(segment) ?? 0;
    try {
      const { bytesWritten } = await file.write(frame, 0, frame.length, offset);
      if (bytesWritten !== frame.length) throw new Error('the disk took only a part of it');
      await file.datasync();
    } catch (error) {
      // What stands there half is written over next time, and not read after a crash: its checksum does not fit.
      await file.truncate(offset).catch(() => undefined);
      throw error;
    }
    sizes.set(segment, offset + frame.length);
    return { segment, offset };
  }

  async function add(kind: FrameKind, cluster: string, body: Buffer): Promise<Waiting> {
    const frame = encodeFrame({ kind, cluster, body });
    if (kind === 'samples' && bytes() + frame.length > maxBytes)
      throw full(`the buffer has reached its ${Math.round(maxBytes / 2 ** 20)} MiB (database.bufferMib)`);
    try {
      return { cluster, ...(await write(frame)), length: frame.length };
    } catch (error) {
      throw full(`the buffer in ${dir} cannot be written (${toAgentError(error).message})`, error);
    }
  }

  await load();
  return {
    waiting: () => waiting,
    bytes,
    append: (cluster, body) =>
      inTurn(async () => {
        if (isClosed) throw new AgentError('storage/closed', `The buffer in ${dir} was closed.`);
        const batch = await add('samples', cluster, body);
        waiting.push(batch);
        return batch;
      }),
    read: ({ segment, offset, length }) =>
      inTurn(async () => {
        const file = await open(path(segment), 'r');
        try {
          const frame = Buffer.alloc(length);
          await file.read(frame, 0, length, offset);
          return decodeFrame(frame).body;
        } catch (cause) {
          throw new AgentError('storage/corrupt', `What was buffered in ${path(segment)} cannot be read any more.`, {
            cause,
          });
        } finally {
          await file.close();
        }
      }),
    done: (batches) =>
      inTurn(async () => {
        const over = new Set(batches);
        waiting = waiting.filter((batch) => !over.has(batch));
        await tidy();
      }),
    drop: (cluster) =>
      inTurn(async () => {
        const before = waiting.length;
        const kept = waiting.filter((batch) => batch.cluster !== cluster);
        waiting = kept;
        // Without room for it, a crash brings back what was dropped: it is refused again then.
        if (kept.length > 0 && !isClosed) await add('drop', cluster, Buffer.alloc(0)).catch(() => undefined);
        await tidy();
        return before - kept.length;
      }),
    close: () =>
      inTurn(async () => {
        isClosed = true;
        await current?.file.close();
        current = null;
      }),
  };
}

const full = (why: string, cause?: unknown): AgentError =>
  new AgentError(
    'storage/full',
    `The database is away and nothing more can be kept for it: ${why}. What is missing is read from Prometheus later.`,
    {
      retryable: true,
      cause,
    },
  );
