// Which licences may go along with HPA Watch (Apache-2.0), and where a package keeps its own.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Permissive: they ask for their text and copyright line to go along, and for nothing of what they are combined with. */
export const ALLOWED = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
  'Zlib',
];

/** Whether an SPDX expression can be met by allowed licences alone: all of AND, one of OR. @throws Error where it is no expression */
export function isAllowed(expression: string, allowed: readonly string[] = ALLOWED): boolean {
  const words = expression.match(/\(|\)|[^\s()]+/g) ?? [];
  let at = 0;
  const either = (): boolean => {
    let met = both();
    while (words[at] === 'OR') {
      at += 1;
      met = both() || met;
    }
    return met;
  };
  const both = (): boolean => {
    let met = one();
    while (words[at] === 'AND') {
      at += 1;
      met = one() && met;
    }
    return met;
  };
  const one = (): boolean => {
    const word = words[at++];
    if (word === '(') {
      const met = either();
      if (words[at++] !== ')') throw new Error(`no SPDX expression: ${expression}`);
      return met;
    }
    if (word === undefined || !/^[A-Za-z0-9][\w.+-]*$/.test(word)) throw new Error(`no SPDX expression: ${expression}`);
    return allowed.includes(word);
  };
  const met = either();
  if (at !== words.length) throw new Error(`no SPDX expression: ${expression}`);
  return met;
}

export type Licence = {
  /** SPDX, as its package.json says; null where it says nothing usable. */
  id: string | null;
  /** Its text; null where the package has neither such a file nor a chapter of its README with all of it. */
  text: string | null;
};

/** The licence of an installed package. */
export function licenceOf(dir: string): Licence {
  const { license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')) as { license?: unknown };
  const files = readdirSync(dir);
  const file = files.find((name) => /^licen[cs]e(?:[.-](?:md|txt|mit))?$/i.test(name));
  const readme = files.find((name) => /^readme\.md$/i.test(name));
  const textIn = (name: string) => readFileSync(join(dir, name), 'utf8').replaceAll('\r\n', '\n').trim();
  const text = file !== undefined ? textIn(file) : readme !== undefined ? licenceInReadme(textIn(readme)) : null;
  return { id: typeof license === 'string' && license !== '' ? license : null, text };
}

/** The chapter of a README that gives the whole licence, not only its name. */
export function licenceInReadme(readme: string): string | null {
  const chapter = /^#+ *licen[cs]e *#*$\n+([^]*?)(?=^#|(?![^]))/im.exec(readme)?.[1]?.trim() ?? '';
  return /^copyright /im.test(chapter) && chapter.includes('AS IS') ? chapter : null;
}

/** What speaks against passing these packages on, a sentence each; empty where nothing does. */
export const licenceProblems = (packages: readonly { name: string; version: string; licence: Licence }[]): string[] =>
  packages.flatMap(({ name, version, licence: { id } }) => {
    if (id === null) return [`${name}@${version} names no licence`];
    try {
      return isAllowed(id) ? [] : [`${name}@${version} is under ${id}, which is not among ${ALLOWED.join(', ')}`];
    } catch (error) {
      return [`${name}@${version}: ${(error as Error).message}`];
    }
  });

export const isInstalled = (dir: string): boolean => existsSync(join(dir, 'package.json'));
