import { readFileSync } from 'node:fs';

/** Clock ticks a second; the same on every Linux that Node runs on. */
const TICKS = 100;

/** CPU of a process so far, all threads, its children not counted, s. */
export function cpuSecondsOf(pid: number): number {
  // After the name, which may hold spaces: state, ppid, ... the 12th and 13th are user and system time.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Resident memory of a process, MB of 1,000,000 bytes: now and at its highest. */
export function memoryMbOf(pid: number): { now: number; highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mb = (field: string) => (Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * 1_024) / 1e6;
  return { now: mb('VmRSS'), highest: mb('VmHWM') };
}

/** What else the machine is doing. */
export const loadAverage = (): number => Number(readFileSync('/proc/loadavg', 'utf8').split(' ')[0]);
