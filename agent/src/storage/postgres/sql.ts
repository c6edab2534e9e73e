import type pg from 'pg';
import { copyIn } from './copy-in.ts';
import { inOneTrip } from './one-trip.ts';

/** What a statement is given; arrays are for `unnest` and `ANY`. */
export type SqlValue = string | number | boolean | null | SqlList;
type SqlList = readonly (string | number | boolean | null)[];
type Values = readonly SqlValue[];
type Config = { text: string; values: unknown[]; rowMode?: 'array' };

/** Statements on one connection. */
export type Sql = {
  /** The rows as objects, keys as the columns are named. */
  rows<T extends object>(text: string, values?: Values): Promise<T[]>;
  /** The first row; null: there is none. */
  first<T extends object>(text: string, values?: Values): Promise<T | null>;
  /** The rows as arrays, columns in the order asked. */
  arrays<T extends readonly unknown[]>(text: string, values?: Values): Promise<T[]>;
  /** How many rows the statement wrote or deleted. */
  run(text: string, values?: Values): Promise<number>;
  /** COPY's binary format into a table; `target`: its name and columns. */
  copyBinary(target: string, chunks: Iterable<Buffer>): Promise<void>;
  /** Several statements at once, without values. */
  script(text: string): Promise<void>;
  /** What is to be written last: where this is a transaction it goes with its COMMIT, else at once. */
  last(text: string, values: Values): Promise<void>;
};

export type Transaction = { sql: Sql; commit: () => Promise<void>; rollback: () => Promise<void> };

type Client = Pick<pg.ClientBase, 'query'>;
type Send = (config: Config) => Promise<pg.QueryResult>;

const configOf = (text: string, values: Values): Config => ({ text, values: values.map(storable) });

/** Statements each on its own. */
export const sqlOf = (client: Client): Sql =>
  sqlBy((config) => client.query(config), {
    copyBinary: (target, chunks) => copy(client, target, chunks),
    script: async (text) => void (await client.query(text)),
    last: async (text, values) => void (await client.query(configOf(text, values))),
  });

type Waiting = { config: Config; resolve: (result: pg.QueryResult) => void; reject: (error: Error) => void };

/** `begin`: what opens the transaction. It goes with the first statement, and with those that are asked for in the same turn. */
export function transactionOf(client: Client, begin: readonly string[]): Transaction {
  let isOpen = false;
  let first: Waiting[] = [];
  let last: Config | null = null;

  /** Sends what waits, with what opens the transaction. */
  const open = async (): Promise<void> => {
    if (isOpen) return;
    isOpen = true;
    const waiting = first;
    first = [];
    if (waiting.length === 0) return void (await client.query(begin.join('; ')));
    try {
      const configs = waiting.map(({ config }) => config);
      const results = await inOneTrip(client, { before: begin, configs, after: [] });
      waiting.forEach(({ resolve }, i) => resolve(results[i] as pg.QueryResult));
    } catch (error) {
      for (const { reject } of waiting) reject(error as Error);
    }
  };
  const send: Send = (config) => {
    // One trip has one mode of rows.
    if (first[0] !== undefined && first[0].config.rowMode !== config.rowMode) void open();
    if (isOpen) return client.query(config);
    return new Promise((resolve, reject) => {
      if (first.push({ config, resolve, reject }) === 1) queueMicrotask(() => void open());
    });
  };
  return {
    sql: sqlBy(send, {
      async copyBinary(target, chunks) {
        await open();
        await copy(client, target, chunks);
      },
      async script(text) {
        await open();
        await client.query(text);
      },
      async last(text, values) {
        if (last !== null) await send(last);
        last = configOf(text, values);
      },
    }),
    async commit() {
      const before = isOpen ? [] : begin;
      if (last !== null) await inOneTrip(client, { before, configs: [last], after: ['COMMIT'] });
      // Nothing was asked of it: there is no transaction.
      else if (isOpen) await client.query('COMMIT');
      isOpen = true;
    },
    rollback: async () => void (isOpen && (await client.query('ROLLBACK'))),
  };
}

const copy = (client: Client, target: string, chunks: Iterable<Buffer>): Promise<void> =>
  copyIn(client, `COPY ${target} FROM STDIN WITH (FORMAT binary)`, chunks);

function sqlBy(send: Send, rest: Pick<Sql, 'copyBinary' | 'script' | 'last'>): Sql {
  const rows = async <T extends object>(text: string, values: Values = []): Promise<T[]> =>
    (await send(configOf(text, values))).rows as T[];
  return {
    rows,
    first: async <T extends object>(text: string, values: Values = []) => (await rows<T>(text, values))[0] ?? null,
    arrays: async <T extends readonly unknown[]>(text: string, values: Values = []): Promise<T[]> =>
      (await send({ ...configOf(text, values), rowMode: 'array' })).rows as T[],
    run: async (text, values = []) => (await send(configOf(text, values))).rowCount ?? 0,
    ...rest,
  };
}

/** Arrays of numbers as PostgreSQL reads them: pg would quote each element, which costs more than all the rest of a batch. */
function storable(value: SqlValue): unknown {
  if (typeof value === 'string') return withoutNul(value);
  if (!Array.isArray(value)) return value;
  const list = value as SqlList;
  if (isNumeric(list)) return `{${list.map((item) => item ?? 'NULL').join(',')}}`;
  return list.map((item) => (typeof item === 'string' ? withoutNul(item) : item));
}

const isNumeric = (list: SqlList): list is readonly (number | null)[] =>
  list.every((item) => item === null || typeof item === 'number');

/** PostgreSQL's text cannot hold this one character. */
const withoutNul = (text: string): string => (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text);
