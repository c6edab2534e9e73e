import type { Replace } from './interpolate';

/** As `templateSrv.replace` with these variables: `$name`, `${name}` and `${name:format}`; what is not known stays. */
export const replaceWith =
  (variables: Record<string, string | string[]>): Replace =>
  (text, scopedVars = {}, usual = 'glob') =>
    text.replace(
      /\$\{(\w+)(?::(\w+))?\}|\$(\w+)/g,
      (match, braced: string, format: string | undefined, bare: string) => {
        const name = braced ?? bare;
        const value = (scopedVars[name]?.value as string | string[] | undefined) ?? variables[name];
        if (value === undefined) return match;
        if (typeof value === 'string' || value.length === 1) return [value].flat()[0] ?? '';
        const joined: Record<string, string> = {
          pipe: value.join('|'),
          glob: `{${value.join(',')}}`,
          regex: `(${value.map((one) => one.replaceAll('/', '\\/')).join('|')})`,
        };
        return joined[format ?? usual] ?? match;
      },
    );
