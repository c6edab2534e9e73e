import { HOSTILE_TEXTS } from '../../agent/src/core/hostile-text.fixture.ts';
import type { Random } from './random.ts';

/** No input grows beyond this by mutation. */
export const MOST_CHARACTERS = 200_000;

type Mutation = (text: string, random: Random, others: readonly string[]) => string;

const REPEATS = [2, 8, 64, 1_000, 20_000];
const LINE_ENDS = ['\n', '\r\n', '\r', '\u2028', '\n\n'];

/** A text again and again, but not for ever. */
const repeated = (text: string, count: number): string =>
  text.repeat(Math.min(count, 1 + Math.floor(MOST_CHARACTERS / Math.max(1, text.length))));

const splice = (text: string, at: number, remove: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + remove);

/** Somewhere in the text, and how much of it, mostly little. */
function span(text: string, random: Random): [at: number, length: number] {
  const at = random.below(text.length + 1);
  const most = random.chance(0.8) ? 12 : text.length;
  return [at, Math.min(text.length - at, 1 + random.below(Math.max(1, most)))];
}

const TEXT_MUTATIONS: readonly Mutation[] = [
  (text, random) => {
    const [at, length] = span(text, random);
    return splice(text, at, length, '');
  },
  (text, random) => {
    const [at, length] = span(text, random);
    return splice(text, at, 0, text.slice(at, at + length));
  },
  (text, random) => {
    const [at, length] = span(text, random);
    return splice(text, at, length, repeated(text.slice(at, at + length), random.pick(REPEATS)));
  },
  (text, random) =>
    splice(text, random.below(text.length + 1), random.below(2), String.fromCharCode(random.below(0x180))),
  (text, random) => splice(text, random.below(text.length + 1), random.below(4), random.pick(HOSTILE_TEXTS)),
  (text, random) =>
    splice(text, random.below(text.length + 1), 0, repeated(random.pick(HOSTILE_TEXTS), random.pick(REPEATS))),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  (text, random) => text.replaceAll('\n', random.pick(LINE_ENDS)),
  (text) => `\ufeff${text}`,
  (text, random, others) => {
    const other = random.pick(others);
    return text.slice(0, random.below(text.length + 1)) + other.slice(random.below(other.length + 1));
  },
  (text, random) => {
    const lines = text.split('\n');
    const [from, to] = [random.below(lines.length), random.below(lines.length)];
    lines.splice(to, random.below(2), lines[from] ?? '');
    return lines.join('\n');
  },
  // A number becomes another number.
  (text, random) => {
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    const found = numbers.length === 0 ? undefined : random.pick(numbers);
    return found ? splice(text, found.index, found[0].length, random.pick(NUMBERS)) : text;
  },
];

const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1e308',
  '1e999',
  '-1e999',
  '9007199254740993',
  '8640000000000001',
  '0.1',
  '1e-320',
  '65536',
  '00',
  '1_000',
  '0x1f',
  ' 1',
  'NaN',
  '1'.repeat(400),
];

/** One to six changes somewhere in the text. */
export function mutateText(text: string, random: Random, others: readonly string[]): string {
  let mutated = text;
  for (let changes = 1 + random.below(random.chance(0.7) ? 2 : 6); changes > 0; changes--)
    mutated = random.pick(TEXT_MUTATIONS)(mutated, random, others).slice(0, MOST_CHARACTERS);
  return mutated;
}
