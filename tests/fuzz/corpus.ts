import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('corpus', import.meta.url));

export type Entry = { file: string; text: string };

/** The kept inputs of a decoder, by name. */
export function readCorpus(decoder: string): Entry[] {
  const folder = join(ROOT, decoder);
  return readdirSync(folder)
    .sort()
    .map((file) => ({ file, text: decode(readFileSync(join(folder, file), 'utf8')) }));
}

/** Keeps an input that broke a contract; answers its file. */
export function keepFinding(decoder: string, input: string): string {
  const folder = join(ROOT, decoder);
  mkdirSync(folder, { recursive: true });
  const file = `found-${createHash('sha256').update(input).digest('hex').slice(0, 12)}`;
  writeFileSync(join(folder, file), encode(input));
  return join(folder, file);
}

/**
 * Files are as they are but for two cases: a first line `#!json` means that the rest is the input as a JSON string (what is not UTF-8, such
 * as half a surrogate pair, or would be changed by an editor), `#!repeat N` that the rest of the line is repeated N times.
 */
function decode(text: string): string {
  if (text.startsWith('#!json\n')) return JSON.parse(text.slice('#!json\n'.length)) as string;
  if (!text.startsWith('#!repeat ')) return text;
  return text
    .split('\n')
    .map((line) => {
      const [, count, part] = /^#!repeat (\d+) (.*)$/.exec(line) ?? [];
      return part === undefined ? line : (JSON.parse(part) as string).repeat(Number(count));
    })
    .join('');
}

const encode = (input: string): string =>
  /[^\n\t\x20-\x7e]/.test(input) || input.startsWith('#!') ? `#!json\n${JSON.stringify(input)}\n` : input;
