import type pg from 'pg';
import { copyIn } from './copy-in.ts';

/** What a statement is given; arrays are for `unnest` and `ANY`. */
export type SqlValue = string | number | boolean | null | SqlList;
type SqlList = readonly (string | number | boolean | null)[];
type Values = readonly SqlValue[];

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
  /** Lines of COPY's text format into a table; `target`: its name and columns. */
  copy(target: string, chunks: Iterable<string>): Promise<void>;
  /** Several statements at once, without values. */
  script(text: string): Promise<void>;
};

export function sqlOf(client: Pick<pg.ClientBase, 'query'>): Sql {
  const sql: Sql = {
    async rows<T extends object>(text: string, values: Values = []) {
      return (await client.query({ text, values: values.map(storable) })).rows as T[];
    },
    async first<T extends object>(text: string, values: Values = []) {
      return (await sql.rows<T>(text, values))[0] ?? null;
    },
    async arrays<T extends readonly unknown[]>(text: string, values: Values = []) {
      return (await client.query({ text, values: values.map(storable), rowMode: 'array' })).rows as unknown as T[];
    },
    async run(text: string, values: Values = []) {
      return (await client.query({ text, values: values.map(storable) })).rowCount ?? 0;
    },
    copy: (target: string, chunks: Iterable<string>) => copyIn(client, `COPY ${target} FROM STDIN`, chunks),
    async script(text: string) {
      await client.query(text);
    },
  };
  return sql;
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
