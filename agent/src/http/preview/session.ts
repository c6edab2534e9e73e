import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** The cookie of an opened page; it is sent to nothing but the page. */
export const SESSION_COOKIE = 'hpa-watch-preview';

const secret = (): string => randomBytes(32).toString('base64url');
const digest = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

export type Sessions = {
  /** The key of the link that opens the page once; another one after each use. */
  key(): string;
  /** Uses the key up. Answers the new session, null where the key is not the one that opens. */
  open(key: string): string | null;
  isOpen(session: string | undefined): boolean;
};

/**
 * Opens the page for whoever has seen the link that was printed, once. Nothing is kept beyond the process. `onUse` is told when the key was
 * used up, so that the next one can be shown.
 */
export function createSessions(onUse: () => void): Sessions {
  let key = secret();
  const opened: string[] = [];
  return {
    key: () => key,
    open(given) {
      if (!isSame(given, key)) return null;
      key = secret();
      const session = secret();
      opened.push(session);
      onUse();
      return session;
    },
    isOpen(session) {
      if (session === undefined) return false;
      let found = false;
      for (const one of opened) if (isSame(one, session)) found = true;
      return found;
    },
  };
}

/** `a=1; b=2` -> the value of each name; the first one counts. */
export function readCookies(header: string | undefined): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? '').split(';')) {
    const at = part.indexOf('=');
    const name = part.slice(0, at).trim();
    if (at > 0 && !cookies.has(name)) cookies.set(name, part.slice(at + 1).trim());
  }
  return cookies;
}
