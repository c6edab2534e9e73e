import { closeSync, fsyncSync, openSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Files that are whole or absent, whatever ends the machine: written under another name, carried to the disk, then renamed. */

/** Replaces the file, readable by its owner only; when it returns, a power cut does not take it back. */
export function writeDurably(path: string, text: string): void {
  const draft = `${path}.draft`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
  syncToDisk(dirname(path));
}

/** Carries what was written to a file, or the names in a directory, to the disk. */
export function syncToDisk(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** A time as a part of a file name: 2026-11-24T16-25-00Z. */
export const timeInName = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
