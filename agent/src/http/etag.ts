import { createHash } from 'node:crypto';

/** Weak: two answers with the same tag say the same, though perhaps at another time. */
export const weakEtag = (content: unknown): string =>
  `W/"${createHash('sha1').update(JSON.stringify(content)).digest('base64url')}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether a client holds this answer already: https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
export function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').map(opaque).includes(opaque(etag));
}
