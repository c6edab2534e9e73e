import { MOST_CHARACTERS, mutateText } from './mutate-text.ts';
import { mutateJson } from './mutate-json.ts';
import type { Random } from './random.ts';
import { assertPrototypesClean, type Target } from './target.ts';

export type Finding = { input: string; reason: string };

const BASE_MS = 200;
const US_PER_CHARACTER = 20;
/** Kinds of outcomes whose inputs are kept for further mutation. */
const MOST_KEPT = 400;

/** How much time one input may take. Far above what is needed: a bound on the order of growth, not on speed. */
const boundMs = ({ baseMs = BASE_MS, usPerCharacter = US_PER_CHARACTER }: Target, input: string): number =>
  baseMs + (usPerCharacter * input.length) / 1_000;

/** Decodes one input. Answers the kind of its outcome, or what is wrong. */
export async function tryOne(target: Target, input: string): Promise<{ outcome: string } | { reason: string }> {
  try {
    const { outcome, ms } = await timed(target, input);
    assertPrototypesClean();
    if (ms <= boundMs(target, input)) return { outcome };
    // The collector or the compiler may have been at it: only what is slow each time is slow.
    const again = Math.min(
      (await timed(target, input)).ms,
      (await timed(target, input)).ms,
      (await timed(target, input)).ms,
    );
    if (again <= boundMs(target, input)) return { outcome };
    return { reason: `${Math.round(again)} ms for ${input.length} characters` };
  } catch (error) {
    return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

/** Time of this thread on a processor: how busy the machine is does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

async function timed(target: Target, input: string): Promise<{ outcome: string; ms: number }> {
  const start = cpuMs();
  const answer = target.run(input);
  const outcome = typeof answer === 'string' ? answer : await answer;
  return { outcome, ms: cpuMs() - start };
}

/** Where it went wrong, and how, without the input in it. */
const placeOf = (reason: string): string => {
  const [message = '', place = ''] = reason.split('\n');
  return `${message.slice(0, 40).replaceAll(/["\d].*/g, '')} ${place}`;
};

export type FuzzOptions = {
  target: Target;
  seeds: readonly string[];
  random: Random;
  /** Told of each input before it is tried, so that one that never ends can be named. */
  onTry?: (input: string) => void;
  isOver: (executions: number) => boolean;
};

export type FuzzResult = { executions: number; outcomes: number; findings: Finding[] };

/** Tries mutations of the corpus, and of inputs that came to something new, until it is over or ten findings are there. */
export async function fuzz({ target, seeds, random, onTry, isOver }: FuzzOptions): Promise<FuzzResult> {
  const pool = [...seeds];
  const seen = new Set<string>();
  const findings = new Map<string, Finding>();
  const mutate = target.kind === 'json' ? mutateJson : mutateText;
  let executions = 0;
  while (!isOver(executions) && findings.size < 10) {
    const input = mutate(random.pick(pool), random, pool);
    onTry?.(input);
    executions += 1;
    const tried = await tryOne(target, input);
    if ('reason' in tried) {
      // One finding a place in the code; the shortest input shows it best.
      const key = placeOf(tried.reason);
      const known = findings.get(key);
      if (!known || input.length < known.input.length) findings.set(key, { input, reason: tried.reason });
    } else if (!seen.has(tried.outcome) && input.length <= MOST_CHARACTERS / 4 && pool.length < MOST_KEPT) {
      seen.add(tried.outcome);
      pool.push(input);
    }
  }
  return { executions, outcomes: seen.size, findings: [...findings.values()] };
}
