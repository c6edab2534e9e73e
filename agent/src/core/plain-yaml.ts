import { isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';

/** Why a text is not taken. Neither the message nor a cause quotes the text, which may hold secrets. */
export class YamlRefused extends Error {
  override readonly name = 'YamlRefused';
  readonly at: { line: number; col: number } | null;

  constructor(message: string, at: YamlRefused['at'] = null) {
    super(message);
    this.at = at;
  }
}

/** What each alias stands for is looked for from the top of the text on, so many of them cost the square of its length. */
const MOST_ALIASES = 100;
/** Nobody writes anything this deep. */
const DEEPEST = 50;
const TOO_DEEP = `it is nested deeper than ${DEEPEST} levels`;

/**
 * YAML as plain data, in time about proportional to its length: no cycles and no bottomless nesting, no key twice in a map, few aliases.
 * @throws YamlRefused
 */
export function parsePlainYaml(text: string, mostCharacters: number): unknown {
  if (text.length > mostCharacters) throw new YamlRefused(`it is longer than ${mostCharacters} characters`);
  try {
    return parsed(text);
  } catch (cause) {
    if (cause instanceof YamlRefused) throw cause;
    // The parser goes down level by level, to the end of the stack.
    throw new YamlRefused(cause instanceof RangeError ? TOO_DEEP : 'its aliases lead nowhere, or to too much');
  }
}

function parsed(text: string): unknown {
  const lineCounter = new LineCounter();
  // Warnings of the parser would go past the log, to stderr, with what they quote. Its own search for double keys takes the square of their
  // number, its pretty messages that of the errors.
  const document = parseDocument(text, { logLevel: 'error', uniqueKeys: false, prettyErrors: false, lineCounter });
  const [error] = document.errors;
  if (error) throw new YamlRefused(error.code, lineCounter.linePos(error.pos[0]));
  const trouble = troubleIn(document);
  if (trouble) {
    throw new YamlRefused(trouble.message, lineCounter.linePos(trouble.at));
  }
  const value: unknown = document.toJS();
  const shape = shapeTrouble(value, []);
  if (shape !== null) throw new YamlRefused(shape);
  return value;
}

type Trouble = { message: string; at: number };

function troubleIn(document: Document): Trouble | null {
  let aliases = 0;
  const found: Trouble[] = [];
  visit(document, {
    Alias(_, { range }) {
      aliases += 1;
      if (aliases <= MOST_ALIASES) return undefined;
      found.push({ message: `it has more than ${MOST_ALIASES} aliases`, at: range?.[0] ?? 0 });
      return visit.BREAK;
    },
    Map(_, { items }) {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          found.push({ message: 'a key stands there twice', at: key.range?.[0] ?? 0 });
          return visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return found[0] ?? null;
}

function shapeTrouble(value: unknown, above: readonly object[]): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (above.includes(value)) return 'an alias holds itself';
  if (above.length >= DEEPEST) return TOO_DEEP;
  for (const inner of Object.values(value)) {
    const trouble = shapeTrouble(inner, [...above, value]);
    if (trouble !== null) return trouble;
  }
  return null;
}
