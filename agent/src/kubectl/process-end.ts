import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
// Signals to processes that are no children of ours: there is no child object to send them through.
import { kill } from 'node:process';
import { sleep, type Clock } from '../core/clock.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';

export type KnownProcess = ProcessIdentity & { pid: number };

const KILL_AFTER_MS = 2_000;
const LOOK_EVERY_MS = 50;

/** SIGTERM, SIGKILL after 2 s, as long as it is still the same process. Resolves with whether it was there and is gone. */
export async function endProcess(known: KnownProcess, clock: Clock): Promise<boolean> {
  if (!isStill(known)) return false;
  signal(known, 'SIGTERM');
  const giveUpAt = clock.now() + KILL_AFTER_MS;
  while (isStill(known)) {
    if (clock.now() >= giveUpAt) signal(known, 'SIGKILL');
    await sleep(clock, LOOK_EVERY_MS);
    if (clock.now() >= giveUpAt + KILL_AFTER_MS) return false;
  }
  return true;
}

/** Whether a process is the one that was seen, by pid, start time and command line. */
export function isStill(known: KnownProcess): boolean {
  const now = identify(known.pid);
  return now !== null && now.startedAt === known.startedAt && sameCommand(now.commandLine, known.commandLine);
}

/** A wrapper script named kubectl replaces itself (exec) by the real one: the program changes, its arguments do not. */
const sameCommand = (a: string, b: string): boolean =>
  a === b || (argumentsOf(a) !== '' && argumentsOf(a) === argumentsOf(b));

const argumentsOf = (commandLine: string): string =>
  /(?:^|\s)((?:port-forward|get) --.*)$/.exec(commandLine)?.[1] ?? '';

function signal({ pid }: KnownProcess, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    kill(pid, name);
  } catch {
    // Gone in between, or no longer ours to end: either way the next look decides.
  }
}

/**
 * What a process has started and what that has started: for kubectl a credentials plugin, which outlives it when it is ended while the
 * plugin waits for something.
 */
export function descendantsOf(pid: number): KnownProcess[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of parents()) children.set(parent, [...(children.get(parent) ?? []), child]);
  const found: number[] = [];
  for (let next = children.get(pid) ?? []; next.length > 0; next = next.flatMap((one) => children.get(one) ?? []))
    found.push(...next);
  return found.flatMap((one) => {
    const identity = identify(one);
    return identity === null ? [] : [{ pid: one, ...identity }];
  });
}

/** pid, parent of every process there is. */
function parents(): [number, number][] {
  try {
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    if (pids.length > 0) return pids.flatMap(parentOf);
  } catch {
    // No /proc (macOS): ps knows.
  }
  try {
    const table = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8', env: { PATH: '/bin:/usr/bin' } });
    return [...table.matchAll(/(\d+)\s+(\d+)/g)].map(([, pid, parent]) => [Number(pid), Number(parent)]);
  } catch {
    return [];
  }
}

function parentOf(pid: string): [number, number][] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return [[Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])]];
  } catch {
    return [];
  }
}
