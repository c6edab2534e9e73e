/**
 * A PromQL string literal holding exactly `text` (half a surrogate pair, which is no text, as U+FFFD).
 * https://prometheus.io/docs/prometheus/latest/querying/basics/#string-literals
 */
export const quoted = (text: string): string =>
  `"${text
    .toWellFormed()
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n')
    // U+FFFD: Prometheus takes the character itself for a broken encoding.
    .replace(/[\p{Cc}\ufffd]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`;

/** `text` as an RE2 pattern that matches exactly this text. https://github.com/google/re2/wiki/Syntax */
export const re2Literal = (text: string): string => text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
