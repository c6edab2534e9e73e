/**
 * Plain data that is mostly numbers, as it is held between two looks: its numbers in one flat array and what is not a number (keys, words) in a
 * shape that all data of the same kind share. What a judge remembers of an HPA takes 2 kB so, and 8 kB as objects.
 *
 * As JSON would, it drops keys without a value; null is told from a number by NaN, which is none that plain data can have.
 */
export type Packed<T> = {
  readonly shape: Shape;
  readonly numbers: Float64Array;
  /** Never there: what it unpacks to, for the type alone. */
  readonly of?: T;
};

type Cursor = { readonly numbers: Float64Array; at: number };

/** What is not a number of some data, and how to make the data of its numbers. Of any kind there is one, so that they compare by identity. */
type Shape = {
  readonly read: (cursor: Cursor) => unknown;
  /** A list, however long, of what has this shape. */
  list?: Shape;
};

/** The first fields of objects, or items of lists; one node for all that begin alike. */
type Beginning = {
  readonly before: readonly (readonly [key: string, shape: Shape])[];
  readonly next: Map<string, Map<Shape, Beginning>>;
  object?: Shape;
  tuple?: Shape;
};
const START: Beginning = { before: [], next: new Map() };

const nextNumber = (cursor: Cursor): number => cursor.numbers[cursor.at++] ?? NaN;

const NUMBER: Shape = {
  read(cursor) {
    const number = nextNumber(cursor);
    return Number.isNaN(number) ? null : number;
  },
};
const EMPTY_LIST: Shape = { read: () => [] };
const constants = new Map<unknown, Shape>();

export function pack<T>(data: T): Packed<T> {
  const numbers: number[] = [];
  return { shape: flatten(data, numbers), numbers: Float64Array.from(numbers) };
}

export const unpack = <T>({ shape: { read }, numbers }: Packed<T>): T => read({ numbers, at: 0 }) as T;

function flatten(data: unknown, numbers: number[]): Shape {
  if (typeof data === 'number' || data === null) {
    numbers.push(data ?? NaN);
    return NUMBER;
  }
  if (Array.isArray(data)) return flattenList(data, numbers);
  if (typeof data !== 'object') return constant(data);
  let fields = START;
  for (const key of Object.keys(data)) {
    const value = (data as Record<string, unknown>)[key];
    if (value !== undefined) fields = followedBy(fields, key, flatten(value, numbers));
  }
  return objectOf(fields);
}

/** A list of alike things has its length among the numbers; of unlike things each has a shape of its own. */
function flattenList(list: readonly unknown[], numbers: number[]): Shape {
  if (list.length === 0) return EMPTY_LIST;
  const lengthAt = numbers.push(list.length) - 1;
  const items: Shape[] = [];
  for (const item of list) items.push(flatten(item, numbers));
  const [first = NUMBER] = items;
  if (items.every((item) => item === first)) return listOf(first);
  numbers.splice(lengthAt, 1);
  return tupleOf(items.reduce((before, item) => followedBy(before, '', item), START));
}

function followedBy(beginning: Beginning, key: string, shape: Shape): Beginning {
  let byShape = beginning.next.get(key);
  if (!byShape) beginning.next.set(key, (byShape = new Map<Shape, Beginning>()));
  let longer = byShape.get(shape);
  if (!longer) byShape.set(shape, (longer = { before: [...beginning.before, [key, shape]], next: new Map() }));
  return longer;
}

function objectOf(fields: Beginning): Shape {
  return (fields.object ??= {
    read(cursor) {
      const object: Record<string, unknown> = {};
      for (const [key, { read }] of fields.before) object[key] = read(cursor);
      return object;
    },
  });
}

function tupleOf(items: Beginning): Shape {
  return (items.tuple ??= { read: (cursor) => items.before.map(([, { read }]) => read(cursor)) });
}

function listOf(item: Shape): Shape {
  return (item.list ??= {
    read(cursor) {
      const list: unknown[] = [];
      for (let left = nextNumber(cursor); left > 0; left--) list.push(item.read(cursor));
      return list;
    },
  });
}

function constant(data: unknown): Shape {
  const shape = constants.get(data) ?? { read: () => data };
  constants.set(data, shape);
  return shape;
}
