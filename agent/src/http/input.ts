import { z } from 'zod';
import { AgentError } from '../core/errors.ts';

/** One thing wrong with what was sent: where, what was found, what is allowed. */
export type InputFault = { field: string; value: unknown; allowed: unknown };

const VALUE_LIMIT = 200;
const SECRET = /token|secret|password|authorization/i;

/** `request/invalid` whose details name the field, the value found and what is allowed. */
export function invalid(message: string, fault: InputFault, more: InputFault[] = []): AgentError {
  const shown = [fault, ...more].map(({ field, value, allowed }) => ({ field, value: echo(field, value), allowed }));
  return new AgentError('request/invalid', message, {
    details: shown.length > 1 ? { ...shown[0], faults: shown } : shown[0],
  });
}

/**
 * Parses what a client sent; `part` (body, query, path) names the whole where no single field is at fault.
 * @throws AgentError `request/invalid`
 */
export function parseInput(schema: z.ZodType, value: unknown, part: 'body' | 'query' | 'path'): unknown {
  const branch = branchFor(schema, value);
  const result = branch.safeParse(value, { reportInput: true });
  if (result.success) return result.data;
  const faults = result.error.issues.flatMap((issue) => toFaults(branch, value, issue, part));
  const [first, ...more] = faults.slice(0, 20);
  if (!first) throw new AgentError('request/invalid', `${part} is not valid`);
  throw invalid(sentence(first, part), { ...first }, more);
}

type Located = InputFault & { unknown?: true };

function toFaults(schema: z.ZodType, root: unknown, issue: z.core.$ZodIssue, part: string): Located[] {
  const path = issue.path.filter((key) => typeof key !== 'symbol');
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      field: fieldName([...path, key]),
      value: valueAt(root, [...path, key]),
      allowed: namesOf(at(schema, path)),
      unknown: true,
    }));
  return [
    {
      field: path.length > 0 ? fieldName(path) : part,
      value: valueAt(root, path),
      allowed: allowedBy(at(schema, path)),
    },
  ];
}

function sentence({ field, value, allowed, unknown }: Located, part: string): string {
  const wanted = Array.isArray(allowed) ? allowed.join(', ') : String(allowed);
  if (unknown) return `${part} has no field ${JSON.stringify(field)}; allowed: ${wanted || 'none'}`;
  if (value === undefined) return `${field} is missing; allowed: ${wanted}`;
  return `${field} is ${JSON.stringify(echo(field, value))}; allowed: ${wanted}`;
}

/** Of a union of objects the one that shares most field names with `value`, so that its faults are the ones told. */
function branchFor(schema: z.ZodType, value: unknown): z.ZodType {
  if (!(schema instanceof z.ZodUnion)) return schema;
  const keys = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const shared = (option: z.ZodType) => keys.filter((key) => namesOf(option).includes(key)).length;
  const options = schema.options as z.ZodType[];
  return options.reduce((best, option) => (shared(option) > shared(best) ? option : best), options[0] ?? schema);
}

function at(schema: z.ZodType, path: (string | number)[]): z.ZodType | null {
  let node: z.ZodType | null = schema;
  for (const key of path) {
    const inner: z.ZodType | null = node && unwrap(node);
    if (inner instanceof z.ZodObject) node = (inner.shape as Record<string, z.ZodType>)[key] ?? null;
    else if (inner instanceof z.ZodArray) node = inner.element as z.ZodType;
    else return null;
  }
  return node;
}

type Wrapper = z.ZodOptional | z.ZodNullable | z.ZodDefault;

const isWrapper = (schema: z.ZodType): schema is Wrapper =>
  schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault;

const unwrap = (schema: z.ZodType): z.ZodType => (isWrapper(schema) ? unwrap(schema.unwrap() as z.ZodType) : schema);

/** What a schema allows: its values, its field names, or its description. */
function allowedBy(schema: z.ZodType | null): unknown {
  if (!schema) return null;
  const inner = unwrap(schema);
  if (inner instanceof z.ZodEnum) return inner.options;
  return describedAs(schema) ?? (inner instanceof z.ZodObject ? namesOf(inner) : inner.type);
}

/** A description may stand on any layer: on `.optional()`, on `.nullable()` or on what they hold. */
function describedAs(schema: z.ZodType): string | undefined {
  if (schema.description !== undefined) return schema.description;
  return isWrapper(schema) ? describedAs(schema.unwrap() as z.ZodType) : undefined;
}

const namesOf = (schema: z.ZodType | null): string[] => {
  const inner = schema && unwrap(schema);
  return inner instanceof z.ZodObject ? Object.keys(inner.shape) : [];
};

const fieldName = (path: (string | number)[]): string =>
  path.reduce<string>((name, key) => (typeof key === 'number' ? `${name}[${key}]` : name ? `${name}.${key}` : key), '');

const valueAt = (root: unknown, path: (string | number)[]): unknown =>
  path.reduce<unknown>(
    (node, key) =>
      typeof node === 'object' && node !== null && Object.hasOwn(node, key)
        ? (node as Record<string | number, unknown>)[key]
        : undefined,
    root,
  );

/** What was found, short enough for an answer, and never a secret that somebody put into a wrong place. */
function echo(field: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (SECRET.test(field)) return '[hidden]';
  if (typeof value === 'string') {
    const safe = value.replace(/(:\/\/)[^/\s]*@/, '$1[hidden]@');
    return safe.length > VALUE_LIMIT ? `${safe.slice(0, VALUE_LIMIT)}...` : safe;
  }
  if (value === null || typeof value !== 'object') return value;
  const kind = Array.isArray(value) ? 'array' : 'object';
  const text = jsonOf(value);
  if (text === null) return `${kind} that is nested too deep`;
  return text.length > VALUE_LIMIT || SECRET.test(text) ? `${kind} of ${text.length} characters` : value;
}

/** JSON.parse reads any depth, JSON.stringify writes only some thousand levels; null there. */
function jsonOf(value: unknown): string | null {
  try {
    return JSON.stringify(value);
  } catch {
    return null;
  }
}
