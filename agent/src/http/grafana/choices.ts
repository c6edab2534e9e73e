import { invalid } from '../input.ts';

/** Names that are meant; null: all. Of a pattern `*` stands for any run of characters. */
export type Choices = readonly string[] | null;

const MOST_CHOICES = 1_000;
/** Each pattern is tried on every name, and each of its parts searched for. */
const MOST_PATTERNS = 20;
const MOST_WILDCARDS = 20;
/** A cluster, a namespace and an HPA in full, every character escaped, are below. */
const LONGEST_NAME = 1_200;
const ALL = new Set(['', '*', '.*', '.+', '$__all', 'All']);
const VARIABLE = /^\$\{?[A-Za-z_]\w*(:\w+)?\}?$|^\[\[\w+\]\]$/;
const RULE = 'names, as a list, {a,b}, a|b or (a|b); .* stands for anything';

/**
 * What a picker, a typed text or a template variable gave: nothing, a list, `{a,b}` (Grafana's glob), `(a|b)` with its characters escaped
 * (Grafana's regex).
 * @throws AgentError `request/invalid` naming `field`
 */
export function choicesOf(value: unknown, field: string): Choices {
  const texts = [value].flat().flatMap((one) => textsOf(one, field));
  if (texts.length > MOST_CHOICES)
    throw invalid(`${field} has ${texts.length} names`, {
      field,
      value: texts.length,
      allowed: `at most ${MOST_CHOICES}`,
    });
  if (texts.length === 0 || texts.some((text) => ALL.has(text))) return null;
  const choices = [...new Set(texts.map((text) => patternOf(text, field)))];
  const patterns = choices.filter(isPattern);
  if (patterns.length > MOST_PATTERNS || patterns.some((pattern) => pattern.split('*').length > MOST_WILDCARDS + 1)) {
    const allowed = `at most ${MOST_PATTERNS} patterns of at most ${MOST_WILDCARDS} wildcards`;
    throw invalid(`${field} has too many wildcards`, { field, value: patterns.length, allowed });
  }
  return choices;
}

function textsOf(value: unknown, field: string): string[] {
  if (value === null || value === undefined) return [];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'string') throw invalid(`${field} is not a name`, { field, value, allowed: RULE });
  const text = value.trim();
  if (text === '') return [];
  if (text !== '$__all' && VARIABLE.test(text))
    throw invalid(`${field} is ${JSON.stringify(text)}: the dashboard has no such variable`, {
      field,
      value: text,
      allowed: 'a variable that the dashboard has, or names',
    });
  const glob = /^\{(.*)\}$/s.exec(text)?.[1];
  if (glob !== undefined) return glob.split(',').map((part) => part.trim());
  const group = /^\((.*)\)$/s.exec(text)?.[1];
  return (group ?? text).split('|').map((part) => part.trim());
}

/** `shop\/api-.*` -> `shop/api-*`. Only what names can hold and wildcards: a regular expression of a stranger is never run. */
function patternOf(text: string, field: string): string {
  if (text.length > LONGEST_NAME)
    throw invalid(`${field} has a name of ${text.length} characters`, {
      field,
      value: text,
      allowed: `names of at most ${LONGEST_NAME} characters`,
    });
  const wild = text.replace(/^\^|\$$/g, '').replace(/(?<!\\)\.[*+]/g, '*');
  const plain = wild.replace(/\\(.)/gs, '$1').replace(/\*+/g, '*');
  if (/[()[\]{}^$+?\\|]/.test(wild.replace(/\\./gs, '')) && !/^[\w.:@/+*-]+$/.test(plain))
    throw invalid(`${field} has ${JSON.stringify(text)}; allowed: ${RULE}`, { field, value: text, allowed: RULE });
  return plain;
}

export const isPattern = (choice: string): boolean => choice.includes('*');

export const isChosen = (choices: Choices, ...names: string[]): boolean =>
  choices === null || choices.some((choice) => names.some((name) => fits(name, choice)));

/** In time proportional to both lengths, whatever the pattern. */
export function fits(name: string, pattern: string): boolean {
  if (!isPattern(pattern)) return name === pattern;
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop() ?? '';
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last)) return false;
  let at = first.length;
  const end = name.length - last.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/**
 * Some of a fixed set of values; null: all of them.
 * @throws AgentError `request/invalid` naming the first that is not allowed
 */
export function someOf<N extends string>(value: unknown, field: string, allowed: readonly N[]): N[] | null {
  const choices = choicesOf(value, field);
  if (choices === null) return null;
  const wrong = choices.find((choice) => !allowed.some((name) => fits(name, choice)));
  if (wrong !== undefined)
    throw invalid(`${field} has ${JSON.stringify(wrong)}; allowed: ${allowed.join(', ')}`, {
      field,
      value: wrong,
      allowed,
    });
  return allowed.filter((name) => isChosen(choices, name));
}
