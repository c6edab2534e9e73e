import { createHash } from 'node:crypto';

export type Cell = string | number | null;

/** A stretch of rows and what they hold, the same for the same content in any database. */
export type Digest = { rows: number; checksum: string };

/** PostgreSQL's text cannot hold this one character; sql.ts writes it so. */
export const storedText = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);

/** Rows in their order, one after the other. */
export function rowDigest() {
  const hash = createHash('sha1');
  let rows = 0;
  return {
    add(row: readonly Cell[]): void {
      rows += 1;
      hash.update(JSON.stringify(row.map((cell) => (typeof cell === 'string' ? storedText(cell) : cell))));
    },
    end: (): Digest => ({ rows, checksum: hash.digest('base64') }),
  };
}

/** Doubles of a known number a row. */
export function doublesDigest(values: Float64Array, width: number): Digest {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { rows: values.length / width, checksum: createHash('sha1').update(bytes).digest('base64') };
}

export const sameDigest = (a: Digest | undefined, b: Digest): boolean =>
  a !== undefined && a.rows === b.rows && a.checksum === b.checksum;
