import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { sleep, systemClock } from '../core/clock.ts';
import { descendantsOf, endProcess, isStill } from './process-end.ts';

const started: ChildProcess[] = [];
afterEach(() => started.splice(0).forEach((child) => child.kill('SIGKILL')));

/** A shell that says when it is up; what it starts in the background outlives it. */
async function shell(script: string): Promise<number> {
  const child = spawn('/bin/sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

/** What a shell starts is for a moment a copy of the shell. */
async function familyWith(pid: number, commandLine: string): Promise<ReturnType<typeof descendantsOf>> {
  for (;;) {
    const family = descendantsOf(pid);
    if (family.some((one) => one.commandLine === commandLine)) return family;
    await sleep(systemClock, 20);
  }
}

test('children and their children are found, and ended one by one', async () => {
  const pid = await shell(`sh -c 'sleep 301 & echo up; wait' & wait`);
  const family = await familyWith(pid, 'sleep 301');
  expect(family).toHaveLength(2);
  expect(await Promise.all(family.map((one) => endProcess(one, systemClock)))).toEqual([true, true]);
  expect(family.filter(isStill)).toEqual([]);
});

test('one that takes no notice of SIGTERM is killed', async () => {
  const pid = await shell(`sh -c 'trap "" TERM; echo up; while :; do sleep 1; done' & wait`);
  const [stubborn] = descendantsOf(pid);
  expect(await endProcess(stubborn!, systemClock)).toBe(true);
  expect(isStill(stubborn!)).toBe(false);
}, 20_000);

test('a process that only has the pid of another is left alone', async () => {
  const pid = await shell('sleep 302 & echo up; wait');
  const [sleeper] = await familyWith(pid, 'sleep 302');
  for (const other of [
    { ...sleeper!, startedAt: 'another time' },
    { ...sleeper!, commandLine: 'another program' },
  ])
    expect(await endProcess(other, systemClock)).toBe(false);
  expect(isStill(sleeper!)).toBe(true);
  expect(await endProcess(sleeper!, systemClock)).toBe(true);
});

test('a process without children has no descendants', () => {
  expect(descendantsOf(2 ** 22 + 1)).toEqual([]);
});
