import { createHash } from 'node:crypto';
import { SECOND, type Clock } from '../core/clock.ts';
import type { Changes } from './changes.ts';

/** Weak: two answers with the same tag say the same, though perhaps at another time. */
export const weakEtag = (content: unknown): string =>
  `W/"${createHash('sha1').update(JSON.stringify(content)).digest('base64url')}"`;

const opaque = (tag: string): string => tag.trim().replace(/^W\//, '');

/** Whether a client holds this answer already: https://www.rfc-editor.org/rfc/rfc9110#field.if-none-match */
export function isHeld(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === '*' || ifNoneMatch.split(',').map(opaque).includes(opaque(etag));
}

/** When a tag was made, in changes and in time. */
type Moment = { count: number; at: number };

export type HeldTags = {
  moment(): Moment;
  /** The tag of the answer at this address; undefined where it has to be made anew. */
  find(url: string): string | undefined;
  /** `asked`: the moment before the answer was made, so that what changes meanwhile is not missed. */
  keep(url: string, etag: string, asked: Moment): void;
};

const MOST_TAGS = 500;
/** What follows from the clock alone is looked at again after so long. */
const HOLD_MS = 5 * SECOND;

/** Tags of answers given lately, good until anything happens. The oldest give way. */
export function createHeldTags(changes: Pick<Changes, 'count'>, clock: Pick<Clock, 'now'>): HeldTags {
  const held = new Map<string, Moment & { etag: string }>();
  const moment = () => ({ count: changes.count(), at: clock.now() });
  return {
    moment,
    find(url) {
      const known = held.get(url);
      const now = moment();
      return known && known.count === now.count && now.at - known.at < HOLD_MS && now.at >= known.at
        ? known.etag
        : undefined;
    },
    keep(url, etag, asked) {
      held.delete(url);
      held.set(url, { ...asked, etag });
      const [oldest] = held.keys();
      if (held.size > MOST_TAGS && oldest !== undefined) held.delete(oldest);
    },
  };
}
