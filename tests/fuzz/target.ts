import { isAgentError } from '../../agent/src/core/errors.ts';

/** How a decoder is fuzzed. */
export type Target = {
  /** As it is named on the command line; its corpus stands in `corpus/<name>/`. */
  name: string;
  /** What its inputs are, for mutation. */
  kind: 'json' | 'text';
  /** Time that one input may take: `baseMs` and so much for each of its characters. */
  baseMs?: number;
  usPerCharacter?: number;
  /**
   * Decodes one input and checks what came of it. Answers what kind of outcome it was: the fewer inputs give a kind, the more they are worth
   * trying further. Throws (anything) where the decoder breaks its contract.
   */
  run(input: string): string | Promise<string>;
  /** Removes what it made outside the process. */
  close?(): void;
};

/** The longest a message may be: it goes to a log, an answer and a screen. */
const MOST_MESSAGE_CHARACTERS = 20_000;

export type ErrorRules = {
  /** Codes that this decoder is documented to throw. */
  codes: readonly string[];
  /** The details name what was found where and what is allowed. */
  detailed?: boolean;
};

/** What `decode` answers or refuses with; anything but a documented refusal is a finding. */
export function outcomeOf(decode: () => unknown, rules: ErrorRules): string {
  try {
    return `ok ${shapeOf(decode(), 2)}`;
  } catch (error) {
    return refusalOf(error, rules);
  }
}

export function refusalOf(error: unknown, { codes, detailed = false }: ErrorRules): string {
  if (!isAgentError(error)) throw error;
  if (!codes.includes(error.code))
    throw new Error(`undocumented code ${error.code}: ${error.message}`, { cause: error });
  if (error.message.length > MOST_MESSAGE_CHARACTERS)
    throw new Error(`a message of ${error.message.length} characters`);
  JSON.stringify(error.details);
  if (detailed) {
    const details = error.details as Record<string, unknown> | undefined;
    for (const field of ['field', 'value', 'allowed'])
      if (details === undefined || !(field in details)) throw new Error(`details without ${field}: ${error.message}`);
  }
  return `${error.code} ${error.message
    .slice(0, 400)
    .replaceAll(/"(?:[^"\\]|\\.)*"?|\d+/g, '#')
    .slice(0, 80)}`;
}

/** Types and sizes, not contents. */
export function shapeOf(value: unknown, depth: number): string {
  if (Array.isArray(value)) return depth === 0 ? '[]' : `[${value.length > 0 ? shapeOf(value[0], depth - 1) : ''}]`;
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  if (depth === 0) return '{}';
  return `{${Object.entries(value)
    .slice(0, 12)
    .map(([key, inner]) => `${key.slice(0, 12)}:${shapeOf(inner, depth - 1)}`)
    .join(',')}}`;
}

/** @throws where a number that would be stored or shown is none */
export function assertFinite(value: unknown, where: string): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${where} is ${value}`);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value)) assertFinite(inner, `${where}.${key.slice(0, 40)}`);
}

/** @throws where a decoder let something reach what every object inherits */
export function assertPrototypesClean(): void {
  const strange = Object.keys(Object.prototype).concat(Object.keys(Array.prototype));
  if (strange.length > 0) throw new Error(`prototypes polluted: ${strange.join(', ')}`);
}
