import { readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat, the same on every Linux that Node runs on. */
const TICKS = 100;

const statOf = (pid: number | 'self'): string[] => {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name of the command, in brackets, may hold blanks.
  return text.slice(text.lastIndexOf(')') + 2).split(' ');
};

/** CPU seconds that a process has used. */
export const cpuOf = (pid: number): number => (Number(statOf(pid)[11]) + Number(statOf(pid)[12])) / TICKS;

/** CPU seconds of all children of this process that have ended. */
export const cpuOfEndedChildren = (): number => (Number(statOf('self')[13]) + Number(statOf('self')[14])) / TICKS;

/** CPU seconds of this process, all threads. */
export const ownCpu = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

/** Resident memory of a process that is its own, without what it has mapped of files, MiB. */
export function ownMemoryMib(pid: number): number {
  const [, kib] = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}

/** A metric that the server tells of itself: the sum over its series. */
export async function metricOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))].map(([, value]) =>
    Number(value),
  );
  if (values.length === 0) throw new Error(`${url} does not tell ${name}`);
  return values.reduce((sum, value) => sum + value, 0);
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));
