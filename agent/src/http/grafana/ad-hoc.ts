import type { z } from 'zod';
import type { grafanaQuerySchema } from '../../contract/grafana.ts';
import { invalid } from '../input.ts';
import { choicesOf, isChosen } from './choices.ts';

export const FILTER_KEYS = ['cluster', 'namespace', 'hpa', 'state', 'severity', 'kind'] as const;
export type FilterKey = (typeof FILTER_KEYS)[number];

/** Whether a value of a key passes all ad hoc filters on it. Several values (all kinds that fire): one that passes is enough. */
export type AdHoc = { readonly keys: ReadonlySet<FilterKey>; passes(key: FilterKey, ...values: string[]): boolean };

type Rule = { key: FilterKey; negated: boolean; accepts(values: readonly string[]): boolean };

const OPERATORS = ['=', '!=', '=~', '!~', '=|', '!=|'] as const;

type Query = z.output<typeof grafanaQuerySchema>;

/** @throws AgentError `request/invalid` for a key or an operator that is not known */
export function adHocOf({ filters, adhocFilters }: Pick<Query, 'filters' | 'adhocFilters'>): AdHoc {
  const field = filters?.length ? 'filters' : 'adhocFilters';
  const given = (filters?.length ? filters : adhocFilters) ?? [];
  const rules = given.map((filter, index): Rule => {
    const at = `${field}[${index}]`;
    const key = FILTER_KEYS.find((known) => known === filter.key);
    if (key === undefined) throw wrong(`${at}.key`, filter.key, FILTER_KEYS);
    const operator = OPERATORS.find((known) => known === filter.operator);
    if (operator === undefined) throw wrong(`${at}.operator`, filter.operator, OPERATORS);
    const listed = operator === '=|' || operator === '!=|';
    const value = listed && filter.values?.length ? filter.values : filter.value;
    // A single value is meant as it is; only =~ and lists may name several.
    const choices = operator === '=' || operator === '!=' ? [filter.value ?? ''] : choicesOf(value, `${at}.value`);
    return { key, negated: operator.startsWith('!'), accepts: (values) => isChosen(choices, ...values) };
  });
  return {
    keys: new Set(rules.map(({ key }) => key)),
    passes: (key, ...values) => rules.every((rule) => rule.key !== key || rule.accepts(values) !== rule.negated),
  };
}

const wrong = (field: string, value: string, allowed: readonly string[]) =>
  invalid(`${field} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}`, { field, value, allowed });
