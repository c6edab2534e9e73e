// The files of texts, one a language: what belongs in them, and what is wrong with them.
import { placeholders, tags, type CodeText } from './extract.ts';

export type Tree = { [key: string]: string | Tree };
/** `page.thing_one` -> text */
export type Texts = Map<string, string>;

export function flatten(tree: Tree, prefix = ''): Texts {
  const texts: Texts = new Map();
  for (const [name, value] of Object.entries(tree)) {
    const inner = typeof value === 'string' ? new Map([['', value]]) : flatten(value);
    for (const [key, text] of inner) texts.set([prefix, name, key].filter(Boolean).join('.'), text);
  }
  return texts;
}

/** Keys in their order, so that a file changes only where a text does. */
export function nest(texts: Texts): Tree {
  const tree: Tree = {};
  for (const [key, text] of [...texts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const path = key.split('.');
    const name = path.pop() ?? '';
    let branch = tree;
    for (const step of path) {
      const next = (branch[step] ??= {});
      if (typeof next === 'string') throw new Error(`${key} is below a text`);
      branch = next;
    }
    branch[name] = text;
  }
  return tree;
}

const pluralForms = (language: string): string[] => new Intl.PluralRules(language).resolvedOptions().pluralCategories;

/** The key of a text, or one for each form that the language has for a number. */
const keysOf = ({ key, hasCount }: CodeText, language: string): string[] =>
  hasCount ? pluralForms(language).map((form) => `${key}_${form}`) : [key];

/** The English file, as the code has it. */
export function englishTexts(texts: readonly CodeText[]): Texts {
  return new Map(
    texts.flatMap((one) =>
      keysOf(one, 'en-US').map((key): [string, string] => [
        key,
        one.hasCount && key.endsWith('_one') ? (one.one ?? one.text) : one.text,
      ]),
    ),
  );
}

/** A translation with what the code no longer asks for taken out; what it lacks is not filled in. */
export function withoutUnused(translated: Texts, texts: readonly CodeText[], language: string): Texts {
  const wanted = new Set(texts.flatMap((one) => keysOf(one, language)));
  return new Map([...translated].filter(([key]) => wanted.has(key)));
}

/** A key is one text wherever it stands, and no text has others below it. */
export function clashes(texts: readonly CodeText[]): string[] {
  const first = new Map<string, CodeText>();
  const branches = new Map(texts.flatMap((text) => above(text.key).map((key): [string, CodeText] => [key, text])));
  return texts.flatMap((text) => {
    const known = first.get(text.key) ?? text;
    first.set(text.key, known);
    const below = branches.get(text.key);
    const same = known.text === text.text && known.one === text.one && known.hasCount === text.hasCount;
    return [
      ...(same ? [] : [`${text.at}: ${text.key} has another text than at ${known.at}`]),
      ...(below ? [`${text.at}: ${text.key} cannot be a text, since ${below.key} is below it (${below.at})`] : []),
    ];
  });
}

/** `a`, `a.b` of `a.b.c` */
function above(key: string): string[] {
  const steps = key.split('.');
  return steps.slice(1).map((_, index) => steps.slice(0, index + 1).join('.'));
}

function problemsOfText(key: string, text: string | undefined, wanted: string): string[] {
  if (text === undefined) return [`${key} is missing`];
  if (text.trim() === '') return [`${key} is empty`];
  const [has, wants] = [placeholders(text), placeholders(wanted)];
  const more = has.filter((name) => !wants.includes(name)).map((name) => `${key} has {{${name}}}, unknown in English`);
  // "one HPA" may go without its number.
  const lacks = wants.filter((name) => !has.includes(name) && !(name === 'count' && key.endsWith('_one')));
  const sameTags = tags(text).join('') === tags(wanted).join('');
  return [
    ...more,
    ...lacks.map((name) => `${key} lacks {{${name}}}`),
    ...(sameTags ? [] : [`${key} has other tags than English`]),
  ];
}

/** What is wrong with the file of a language, each as a sentence; none where it has every text of the code and no other. */
export function problemsOf(translated: Texts, texts: readonly CodeText[], language: string): string[] {
  const wanted = new Map(texts.flatMap((one) => keysOf(one, language).map((key): [string, string] => [key, one.text])));
  return [
    ...[...wanted].flatMap(([key, text]) => problemsOfText(key, translated.get(key), text)),
    ...[...translated.keys()].filter((key) => !wanted.has(key)).map((key) => `${key} is used nowhere`),
  ].map((problem) => `${language}: ${problem}`);
}

/** Where the English file says other words than the code. */
export function staleEnglish(english: Texts, texts: readonly CodeText[]): string[] {
  return [...englishTexts(texts)]
    .filter(([key, text]) => english.has(key) && english.get(key) !== text)
    .map(([key]) => `en-US: ${key} differs from the code`);
}
