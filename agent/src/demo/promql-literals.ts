import { invalid } from './promql-error.ts';

/** Prometheus anchors every pattern. RE2 and this engine agree on what the subset uses. */
export function anchored(pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`, 's');
  } catch {
    throw invalid(`invalid parameter "query": parse error: error parsing regexp: ${JSON.stringify(pattern)}`);
  }
}

/** A label name, quoted or not. */
export const unquoted = (text: string): string => (/^["'`]/.test(text) ? stringOf(text) : text);

/** What a string literal stands for. */
export function stringOf(text: string): string {
  const body = text.slice(1, -1);
  if (text.startsWith('`')) return body;
  return body.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/gs, (_, escape: string) => {
    const simple: Record<string, string> = {
      n: '\n',
      t: '\t',
      r: '\r',
      a: '\u0007',
      b: '\b',
      f: '\f',
      v: '\v',
    };
    if (escape.length > 1) return String.fromCharCode(parseInt(escape.slice(1), 16));
    return simple[escape] ?? escape;
  });
}

const UNIT_MS: Record<string, number> = { ms: 1, s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5, y: 31536e6 };

/** "1h30m" in ms; a bare number counts seconds. */
export function durationMs(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const bare = text.replace(/^[-+]/, '');
  if (/^[0-9.]+$/.test(bare)) return sign * Number(bare) * 1_000;
  const parts = [...bare.matchAll(/([0-9]+)(ms|[smhdwy])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== bare)
    throw invalid(`not a valid duration string: "${text}"`);
  return sign * parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? NaN), 0);
}

/** A number literal; a duration stands for its seconds. */
export function numberOf(literal: string): number {
  const text = literal.replaceAll(/\s/g, '');
  if (/^[-+]?inf$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return NaN;
  const value = Number(text);
  return Number.isNaN(value) ? durationMs(text) / 1_000 : value;
}
