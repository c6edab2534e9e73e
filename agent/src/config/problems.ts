import type { z } from 'zod';
import { AgentError } from '../core/errors.ts';

/** What is wrong with a setting. `found` is never shown where it may be a secret. */
export type Problem = { path: string; found: unknown; allowed: string };

const PROBLEMS_SHOWN = 20;

/** All problems of the settings, a line each: path, found, allowed. */
export function invalid(problems: Problem[]): AgentError {
  const shown = problems.map(({ path, found, allowed }) => ({
    path: path.slice(0, 200),
    found: show(path, found),
    allowed,
  }));
  const lines = shown
    .slice(0, PROBLEMS_SHOWN)
    .map(({ path, found, allowed }) => `  ${path}: found ${found}; allowed: ${allowed}`);
  if (problems.length > PROBLEMS_SHOWN) lines.push(`  and ${problems.length - PROBLEMS_SHOWN} more`);
  return new AgentError('config/invalid', `The settings are not valid:\n${lines.join('\n')}`, {
    details: { problems: shown },
  });
}

/** What the schema found, in terms of the file or of the environment variable that it came from. */
export function problemOf(issue: z.core.$ZodIssue, input: unknown, origin: Map<string, string>): Problem {
  const path = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const where = path === '' ? '' : `${path}.`;
    return {
      path: `${where}${issue.keys.join(', ')}`,
      found: 'an unknown setting',
      allowed: `the settings of docs/settings.md`,
    };
  }
  const allowed =
    issue.code === 'invalid_value' ? issue.values.map((value) => JSON.stringify(value)).join(', ') : issue.message;
  const from = origin.get(path);
  return { path: from ? `${path} (from ${from})` : path || 'settings', found: valueAt(input, issue.path), allowed };
}

const pathText = (path: readonly PropertyKey[]): string =>
  path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`),
    '',
  );

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], input);
}

/** A secret never stands in a message. */
function show(path: string, value: unknown): string {
  if (value === undefined) return 'nothing';
  const isSecret = /^auth\b|token|secret|\.url$/i.test(path) && !/TokenFile$/i.test(path);
  if (isSecret) return typeof value === 'string' ? `a text of ${value.length} characters` : 'a value of another kind';
  const text = JSON.stringify(value).replace(/(:\/\/)[^/\s"]*@/g, '$1[hidden]@');
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
