import { existsSync, readFileSync } from 'node:fs';
import type { z } from 'zod';
import { writeDurably } from '../durable-file.ts';
import { storageError } from './faults.ts';

/** Small JSON files beside a database that tell, when it is damaged or lost, what nobody else could. */

/** monitoring.db, `watched` -> monitoring.watched.json */
export const pathBeside = (databasePath: string, name: string): string =>
  `${databasePath.replace(/\.db$/, '')}.${name}.json`;

/** What such a file holds; null: there is none, or none that can be read. */
export function readBeside<T>(path: string, schema: z.ZodType<T>): T | null {
  if (!existsSync(path)) return null;
  try {
    return schema.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** Keeps such a file at what `read` answers. */
export function keeperBeside(path: string, read: () => object) {
  let written = existsSync(path) ? readFileSync(path, 'utf8') : '';
  /** Writes the file where it differs from what is there. */
  const keep = (): void => {
    const text = `${JSON.stringify(read())}\n`;
    if (text === written) return;
    writeDurably(path, text);
    written = text;
  };
  /** The same where nobody waits for it: what cannot be written now is written with the next change. */
  const keepIfPossible = (): void => {
    try {
      keep();
    } catch (error) {
      if (storageError(error, path).code === 'storage/corrupt') throw error;
    }
  };
  return { keep, keepIfPossible };
}
