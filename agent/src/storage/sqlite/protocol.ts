import type { WireError } from './faults.ts';
import type { Database, DatabaseOptions } from './database.ts';
import type { Migrated } from './migrations.ts';
import type { OpeningCheck } from './rebuild.ts';
import type { Rebuilt } from './rebuilt-report.ts';

/** What crosses between the asynchronous side (sqlite.ts) and the thread (worker.ts). */
export type Method = keyof Database;
export type Request = { [M in Method]: { id: number; method: M; args: Parameters<Database[M]> } }[Method];
export type Response = { id: number; value: unknown } | { id: number; error: WireError };

/** `check` null: opened as it is, and refused where it is damaged; else checked, and rebuilt where it is damaged. */
export type ThreadOptions = DatabaseOptions & { check: OpeningCheck | null };
export type Opened = Migrated & { rebuilt: Rebuilt | null };

/** Id of the answer to the opening itself. */
export const OPENING = 0;

/** Buffers that are moved instead of copied: a Float64Array, or a list of them. */
export function buffersOf(value: unknown): ArrayBuffer[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list
    .filter((item): item is Float64Array<ArrayBuffer> => item instanceof Float64Array)
    .map(({ buffer }) => buffer);
}
