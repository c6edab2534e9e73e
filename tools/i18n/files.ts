// Where the plugin's code and its files of texts lie.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flatten, type Texts, type Tree } from './catalogue.ts';
import { extractTexts, type CodeText } from './extract.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Languages beside English, which stands in the code. */
export const TRANSLATIONS = ['pt-BR'];

const isCode = (file: string): boolean => !/\.(test|fixture)\.tsx?$|\.d\.ts$/.test(file);

/** Every text in the code of the plugin. */
export function readCode(): { texts: CodeText[]; problems: string[] } {
  const files = globSync('plugin/src/**/*.{ts,tsx}', { cwd: root }).filter(isCode).sort();
  const read = files.map((file) => extractTexts(file, readFileSync(join(root, file), 'utf8')));
  return { texts: read.flatMap(({ texts }) => texts), problems: read.flatMap(({ problems }) => problems) };
}

export const fileOf = (language: string): string =>
  join(root, `plugin/src/locales/${language}/hpawatch-monitor-app.json`);

export const readTexts = (language: string): Texts =>
  flatten(JSON.parse(readFileSync(fileOf(language), 'utf8')) as Tree);
