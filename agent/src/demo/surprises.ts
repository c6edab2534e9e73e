import { DAY, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { between, uniform } from './rng.ts';

/** What looks odd and is nothing: no label, and nobody should be woken by it. */
export type SurpriseKind = 'deploy' | 'blip' | 'pod_restart' | 'missed_scrape';
export type Surprise = { kind: SurpriseKind; start: number; end: number };

const KINDS: readonly { kind: SurpriseKind; everyMs: number; chance: number; lastsMs: number; salt: number }[] = [
  { kind: 'deploy', everyMs: DAY, chance: 0.55, lastsMs: 0, salt: 0x51ed270b },
  { kind: 'blip', everyMs: DAY, chance: 0.8, lastsMs: 2 * MINUTE, salt: 0x2545f491 },
  { kind: 'pod_restart', everyMs: DAY, chance: 0.7, lastsMs: 0, salt: 0x6c078965 },
  { kind: 'missed_scrape', everyMs: 12 * HOUR, chance: 0.9, lastsMs: 0, salt: 0x1b873593 },
];

/** The surprises of `kind` that begin in [from, to); at most one in each of its slots. `key` is the HPA's, or the cluster's. */
export function surprises(kind: SurpriseKind, key: number, from: number, to: number): Surprise[] {
  const facts = KINDS.find((candidate) => candidate.kind === kind);
  if (facts === undefined) return [];
  const { everyMs, chance, lastsMs, salt } = facts;
  const found: Surprise[] = [];
  for (let slot = Math.floor(from / everyMs); slot * everyMs < to; slot++) {
    if (uniform(key ^ salt, slot * 2) >= chance) continue;
    const offset = between(key ^ salt, slot * 2 + 1, 0, everyMs - 10 * MINUTE);
    const start = Math.floor((slot * everyMs + offset) / (15 * SECOND)) * 15 * SECOND;
    if (start >= from && start < to) found.push({ kind, start, end: start + lastsMs });
  }
  return found;
}
