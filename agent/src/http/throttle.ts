import { SECOND, type Clock } from '../core/clock.ts';
import { addressGroup } from './address-group.ts';

export type ThrottleLimits = {
  /** Failed calls of one address answered as such; `failureEveryMs` gives one back. Beyond them it is told to wait. */
  failures: number;
  failureEveryMs: number;
  /** Different unknown tokens of one address that are looked at; `guessEveryMs` gives one back. */
  guesses: number;
  guessEveryMs: number;
  /** Addresses remembered; the one that has been silent longest is forgotten first. */
  addresses: number;
};

export const THROTTLE_LIMITS: ThrottleLimits = {
  failures: 60,
  failureEveryMs: SECOND,
  guesses: 20,
  guessEveryMs: 6 * SECOND,
  addresses: 1_000,
};

/** What is remembered of tokens of one address. */
const REMEMBERED_TOKENS = 32;

export type Throttle = {
  /**
   * How long this address has to wait before this token is looked at, in ms; 0: not at all. A token that was right from here before is always
   * looked at, as is one that is known to be wrong.
   */
  waitToTry(address: string | undefined, tokenId: string): number;
  /** Takes note of a call without a token (null) or with an unknown one. Answers how long to wait, in ms; 0: there is some left. */
  failed(address: string | undefined, tokenId: string | null): number;
  succeeded(address: string | undefined, tokenId: string): void;
  /** Addresses remembered now. */
  readonly size: number;
};

type Bucket = { left: number; at: number };
type Remembered = { failures: Bucket; guesses: Bucket; right: Set<string>; wrong: Set<string> };

/**
 * Failed authentication by address. Two things are counted apart. Failures of any kind: a client that keeps failing is told 429 in place of 401.
 * Guesses, that is unknown tokens that differ: when they are used up, no token that is new here is looked at for a while, the right one
 * included, or guessing would be as fast as before. Whoever has been let in from an address stays so whatever else comes from there (many
 * people behind one Grafana or proxy, another program with an old token), and the same wrong token again is no further guess, so that a
 * client that is given the right one after hundreds of failures is let in at once.
 *
 * The usual libraries count calls by a key and block the key, and hold every key for as long as its window lasts: they can tell neither of
 * these apart, nor keep to a number of addresses.
 */
export function createThrottle(clock: Pick<Clock, 'now'>, over: Partial<ThrottleLimits> = {}): Throttle {
  const limits = { ...THROTTLE_LIMITS, ...over };
  const addresses = new Map<string, Remembered>();

  function remember(address: string | undefined): Remembered {
    const group = addressGroup(address);
    const now = clock.now();
    const known = addresses.get(group) ?? {
      failures: { left: limits.failures, at: now },
      guesses: { left: limits.guesses, at: now },
      right: new Set(),
      wrong: new Set(),
    };
    addresses.delete(group);
    addresses.set(group, known);
    const [silent] = addresses.keys();
    if (addresses.size > limits.addresses && silent !== undefined) addresses.delete(silent);
    return known;
  }

  /** How long until one can be taken, ms; 0: now. A clock that was set back gives nothing and takes nothing. */
  function waitFor(bucket: Bucket, size: number, everyMs: number): number {
    const passed = clock.now() - bucket.at;
    bucket.left = Math.min(size, bucket.left + Math.max(0, passed) / everyMs);
    bucket.at = clock.now();
    return bucket.left >= 1 ? 0 : Math.ceil((1 - bucket.left) * everyMs);
  }

  return {
    waitToTry(address, tokenId) {
      const known = addresses.get(addressGroup(address));
      if (!known || known.right.has(tokenId) || known.wrong.has(tokenId)) return 0;
      return waitFor(known.guesses, limits.guesses, limits.guessEveryMs);
    },
    failed(address, tokenId) {
      const known = remember(address);
      if (tokenId !== null && !known.wrong.has(tokenId)) {
        waitFor(known.guesses, limits.guesses, limits.guessEveryMs);
        known.guesses.left = Math.max(0, known.guesses.left - 1);
        note(known.wrong, tokenId);
      }
      const wait = waitFor(known.failures, limits.failures, limits.failureEveryMs);
      if (wait === 0) known.failures.left -= 1;
      return wait;
    },
    succeeded(address, tokenId) {
      const known = remember(address);
      known.wrong.delete(tokenId);
      note(known.right, tokenId);
    },
    get size() {
      return addresses.size;
    },
  };
}

/** The newest are kept. */
function note(set: Set<string>, tokenId: string): void {
  set.delete(tokenId);
  set.add(tokenId);
  const [oldest] = set;
  if (set.size > REMEMBERED_TOKENS && oldest !== undefined) set.delete(oldest);
}
