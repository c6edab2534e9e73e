import type { ScopedVars, TimeRange, TypedVariableModel } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { dataMacro } from './data-macros';

/** A dashboard's variable with what is chosen of it. */
export type ChosenVariable = { name: string; values: string[]; model: TypedVariableModel };

const PATTERN = /\$(\w+)|\[\[(\w+?)(?::(\w+))?\]\]|\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}/g;

let chosen: ChosenVariable[] = [];
let range: TimeRange | null = null;

export const chooseVariables = (variables: ChosenVariable[]): void => {
  chosen = variables;
};

type Format = string | ((values: string | string[]) => string) | undefined;

const escapeRegex = (text: string): string => text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');

function formatted(values: string[], format: Format): string {
  if (typeof format === 'function') return format(values.length === 1 ? (values[0] ?? '') : values);
  const [first = ''] = values;
  switch (format) {
    case 'csv':
    case 'raw':
      return values.join(',');
    case 'pipe':
      return values.join('|');
    case 'json':
      return JSON.stringify(values.length === 1 ? first : values);
    case 'regex':
      return values.length === 1 ? escapeRegex(first) : `(${values.map(escapeRegex).join('|')})`;
    case 'singlequote':
      return values.map((one) => `'${one}'`).join(',');
    case 'doublequote':
      return values.map((one) => `"${one}"`).join(',');
    case 'percentencode':
      return encodeURIComponent(values.join(','));
    case 'uriencode':
      return encodeURI(values.join(','));
    default:
      return values.length === 1 ? first : `{${values.join(',')}}`;
  }
}

function valuesOf(name: string, path: string, scoped: ScopedVars): string[] | null {
  const ofData = dataMacro(name, path, scoped);
  if (ofData !== null) return [ofData];
  const value: unknown = scoped[name]?.value;
  if (value !== undefined && value !== null) return (Array.isArray(value) ? value : [value]).map(String);
  if (range !== null && name === '__from') return [String(range.from.valueOf())];
  if (range !== null && name === '__to') return [String(range.to.valueOf())];
  return chosen.find((one) => one.name === name)?.values ?? null;
}

/** Grafana's variables in texts: `$name`, `${name:format}`, `[[name]]`, `${__data.fields.X}`; what is none stays as it is. */
export const templateSrv: TemplateSrv = {
  getVariables: () => chosen.map(({ model }) => model),
  replace: (target = '', scopedVars = {}, format = undefined) =>
    target.replaceAll(
      PATTERN,
      (
        match,
        plain?: string,
        square?: string,
        squareFormat?: string,
        braced?: string,
        path?: string,
        bracedFormat?: string,
      ) => {
        const values = valuesOf(plain ?? square ?? braced ?? '', path ?? '', scopedVars);
        return values === null ? match : formatted(values, squareFormat ?? bracedFormat ?? (format as Format));
      },
    ),
  containsTemplate: (target = '') => [...target.matchAll(PATTERN)].length > 0,
  updateTimeRange: (given) => {
    range = given;
  },
};
