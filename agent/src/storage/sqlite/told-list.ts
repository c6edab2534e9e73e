import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import { fittingRows } from './fitting-rows.ts';
import { keeperBeside, pathBeside, readBeside } from './list-beside.ts';

/**
 * What receivers were told of what still fires, and what is still to be delivered, kept a second time beside the database: where that is
 * damaged, nobody can be asked what was told already, and everybody would hear of everything again. Read only then.
 */

const row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
const listSchema = z.object({ format: z.literal(1), notification: z.array(row), notification_mark: z.array(row) });
export type ToldList = z.infer<typeof listSchema>;

export const TOLD_TABLES = ['notification', 'notification_mark'] as const;

export const toldListPath = (databasePath: string): string => pathBeside(databasePath, 'told');

/** The list beside a database; null: there is none, or none that can be read. */
export const readToldList = (databasePath: string): ToldList | null =>
  readBeside(toldListPath(databasePath), listSchema);

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
  return keeperBeside(toldListPath(db.name), () => read.deferred()).keepIfPossible;
}
