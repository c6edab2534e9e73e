/**
 * Text of strangers (names in a cluster, what kubectl or a server said) for a terminal: what would move the cursor, change colours or the
 * order of reading, hide characters or begin a line of its own is shown as an escape. Letters of all scripts stay.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escapeOf = (character: string): string =>
  ({ '\n': '\\n', '\r': '\\r', '\t': '\\t' })[character] ??
  `\\u{${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}}`;

/** One line, whatever the text holds. */
export const onOneLine = (text: string): string => text.replace(UNSEEN, escapeOf);

/** The same, with the line ends and tabs that the text has: for messages that are made of lines. */
export const inLines = (text: string): string =>
  text.replace(UNSEEN, (character) => (character === '\n' || character === '\t' ? character : escapeOf(character)));
