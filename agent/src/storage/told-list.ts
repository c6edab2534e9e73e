import { existsSync, readFileSync } from 'node:fs';
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { writeDurably } from './durable-file.ts';
import { storageError } from './faults.ts';
import { fittingRows } from './fitting-rows.ts';

/**
 * What receivers were told of what still fires, and what is still to be delivered, kept a second time beside the database: where that is
 * damaged, nobody can be asked what was told already, and everybody would hear of everything again. Read only then.
 */

const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const listSchema = z.object({ format: z.literal(1), notification: z.array(row), notification_mark: z.array(row) });
export type ToldList = z.infer<typeof listSchema>;

export const TOLD_TABLES = ['notification', 'notification_mark'] as const;

/** monitoring.db -> monitoring.told.json */
export const toldListPath = (databasePath: string): string => `${databasePath.replace(/\.db$/, '')}.told.json`;

/** The list beside a database; null: there is none, or none that can be read. */
export function readToldList(databasePath: string): ToldList | null {
  const path = toldListPath(databasePath);
  if (!existsSync(path)) return null;
  try {
    const parsed = listSchema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function takeUpTold(fresh: Database, list: ToldList): void {
  for (const table of TOLD_TABLES) list[table].forEach(fittingRows(fresh, table));
}

/** Keeps the list beside an open database: to be called after each change of these tables. What cannot be written now is written with the next one. */
export function toldListKeeper(db: Database): () => void {
  const queue = db.prepare<[], z.infer<typeof row>>('SELECT * FROM notification ORDER BY id');
  const marks = db.prepare<[], z.infer<typeof row>>(
    "SELECT * FROM notification_mark WHERE event = 'firing' ORDER BY receiver, subject",
  );
  const read = db.transaction((): ToldList => ({
    format: 1,
    notification: queue.all(),
    notification_mark: marks.all(),
  }));
  const path = toldListPath(db.name);
  let written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  return () => {
    try {
      const text = `${JSON.stringify(read.deferred())}\n`;
      if (text === written) return;
      writeDurably(path, text);
      written = text;
    } catch (error) {
      if (storageError(error, path).code === 'storage/corrupt') throw error;
    }
  };
}
