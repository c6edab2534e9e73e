import { existsSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { syncToDisk, writeDurably } from '../durable-file.ts';
import { pathBeside, readBeside } from './list-beside.ts';
import { COMPANIONS } from './set-aside.ts';

/**
 * That a sound database was closed as it has to be, kept beside it from then until it is opened again. Such a file needs not be looked over,
 * which takes 1 s for each 100 MB: SQLite has carried it to the disk as a whole, and nobody has changed it since.
 */

/** Which file it was, as the file system tells; any write, a copy and a file put back make another one of it. */
const markerSchema = z.object({ format: z.literal(1), inode: z.string(), bytes: z.string(), writtenNs: z.string() });
type Marker = z.infer<typeof markerSchema>;

const markerPath = (databasePath: string): string => pathBeside(databasePath, 'closed');

function markerOf(databasePath: string): Marker {
  const { ino, size, mtimeNs } = statSync(databasePath, { bigint: true });
  return { format: 1, inode: String(ino), bytes: String(size), writtenNs: String(mtimeNs) };
}

/** With a log beside it the file is not all there is of the database, so somebody else has it open, or was ended. */
const hasLog = (databasePath: string): boolean => COMPANIONS.some((ending) => existsSync(databasePath + ending));

/** To be called after the last connection was closed. What cannot be written is no harm: then the next start looks the file over. */
export function markCleanStop(databasePath: string): void {
  try {
    if (!hasLog(databasePath)) writeDurably(markerPath(databasePath), `${JSON.stringify(markerOf(databasePath))}\n`);
  } catch {
    // A full disk.
  }
}

/** Whether the file is just as it was when it was closed. */
export function wasStoppedCleanly(databasePath: string): boolean {
  const marker = readBeside(markerPath(databasePath), markerSchema);
  return marker !== null && !hasLog(databasePath) && isDeepStrictEqual(marker, markerOf(databasePath));
}

/** To be called before the database is opened; when it returns, a power cut does not bring the mark back. */
export function clearCleanStop(databasePath: string): void {
  const path = markerPath(databasePath);
  if (!existsSync(path)) return;
  rmSync(path);
  syncToDisk(dirname(path));
}
