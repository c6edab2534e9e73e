import { HOSTILE_TEXTS } from '../../agent/src/core/hostile-text.fixture.ts';
import { MOST_CHARACTERS, mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';

/** A place in a JSON value: what holds it, and by which key. */
type Place = { holder: Record<string, unknown> | unknown[]; key: string };

const RAW = '\u0001raw:';
/** Texts that stand for JSON that JSON.stringify cannot write. */
const RAW_VALUES = ['1e999', '-1e999', '1e308', '-0', '9007199254740993', '1.7976931348623157e308', '5e-324'];
const DEPTHS = [3, 40, 2_000, 50_000];

function placesOf(root: unknown): Place[] {
  const places: Place[] = [];
  const open = [root];
  while (open.length > 0 && places.length < 2_000) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const key of Object.keys(value)) {
      const holder = value as Place['holder'];
      places.push({ holder, key });
      open.push((holder as Record<string, unknown>)[key]);
    }
  }
  return places;
}

const nested = (depth: number, random: Random): string =>
  `${RAW}${random.chance(0.5) ? '['.repeat(depth) + ']'.repeat(depth) : '{"a":'.repeat(depth) + '1' + '}'.repeat(depth)}`;

const VALUES: readonly ((random: Random, places: readonly Place[]) => unknown)[] = [
  (random) => random.pick(HOSTILE_TEXTS),
  (random) => random.pick<unknown>([null, true, false, 0, -1, 1.5, '', [], {}, [[]], [null], { a: 1 }]),
  (random) => RAW + random.pick(RAW_VALUES),
  (random) => nested(random.pick(DEPTHS), random),
  (random) =>
    random
      .pick(HOSTILE_TEXTS)
      .repeat(random.pick([2, 50, 5_000]))
      .slice(0, MOST_CHARACTERS),
  (random, places) => {
    const { holder, key } = random.pick(places);
    return structuredClone((holder as Record<string, unknown>)[key]);
  },
  (random) => Array.from({ length: random.pick([1, 30, 1_001]) }, (_, i) => i),
];

function change(place: Place, random: Random, places: readonly Place[]): void {
  const { holder, key } = place;
  const now = (holder as Record<string, unknown>)[key];
  if (random.chance(0.15)) {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
    else delete holder[key];
    return;
  }
  if (random.chance(0.15)) {
    if (Array.isArray(holder)) holder.push(structuredClone(now));
    else define(holder, random.pick(HOSTILE_TEXTS), now);
    return;
  }
  const value =
    typeof now === 'string' && random.chance(0.4)
      ? mutateText(now, random, HOSTILE_TEXTS)
      : random.pick(VALUES)(random, places);
  if (Array.isArray(holder)) holder[Number(key)] = value;
  else define(holder, key, value);
}

/** As JSON.parse does it: also `__proto__` is a field of its own. */
const define = (holder: object, key: string, value: unknown): void =>
  void Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

/** The JSON of the text, changed in places; text that is no JSON is changed as text. */
export function mutateJson(text: string, random: Random, others: readonly string[]): string {
  if (random.chance(0.2)) return mutateText(text, random, others);
  try {
    return changed({ root: JSON.parse(text) as unknown }, random);
  } catch {
    // No JSON, or too deep to be copied and written.
    return mutateText(text, random, others);
  }
}

function changed(root: { root?: unknown }, random: Random): string {
  for (let changes = 1 + random.below(random.chance(0.7) ? 2 : 6); changes > 0; changes--) {
    const places = placesOf(root);
    if (places.length === 0) break;
    change(random.pick(places), random, places);
  }
  return written(root.root).slice(0, 2 * MOST_CHARACTERS);
}

/** With what could not stand in a value put in as it is. */
const written = (root: unknown): string =>
  (JSON.stringify(root) ?? '').replaceAll(/"\\u0001raw:((?:[^"\\]|\\.)*)"/g, (_, raw: string) =>
    raw.replaceAll('\\"', '"'),
  );
