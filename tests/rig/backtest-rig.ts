import { expect } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DAY, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import type { BacktestResult } from '../../agent/src/detect/backtest.ts';
import { runCommand, type CommandResult } from './command.ts';

/** A made up history with one incident, and `hpa-watch backtest` over it. */

/** Where the files of a test stand; whoever imports this removes it. */
export const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-backtest-'));

export const START = Date.UTC(2026, 5, 1);
export const INCIDENT = { from: START + 4 * DAY + 10 * HOUR, to: START + 4 * DAY + 11 * HOUR };
export const iso = (at: number): string => new Date(at).toISOString();

/** A day's swing with a little noise that is the same each run. */
export const usualCpu = (at: number): number =>
  50 + 15 * Math.sin((2 * Math.PI * at) / DAY) + 2 * Math.sin(at / 77_000) + 1.5 * Math.sin(at / 431_000);
export const cpuAt = (at: number): number => usualCpu(at) + (at >= INCIDENT.from && at < INCIDENT.to ? 60 : 0);

export const minutes = (days: number, stepMs = MINUTE): number[] =>
  Array.from({ length: (days * DAY) / stepMs }, (_, index) => START + index * stepMs);
export const csvOf = (times: readonly number[], value: (at: number) => number): string =>
  `timestamp,value\n${times.map((at) => `${iso(at)},${value(at).toFixed(3)}`).join('\n')}\n`;

export function file(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

export const backtest = (args: readonly string[], input = ''): Promise<CommandResult> =>
  runCommand(['backtest', ...args], input, dir);

export async function backtestJson(args: readonly string[], input = ''): Promise<BacktestResult> {
  const { code, stdout, stderr } = await backtest([...args, '--format', 'json'], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as BacktestResult;
}

/** Began in the incident, and ended when it was over. */
export const covers = (start: string, end: string | null): boolean =>
  Date.parse(start) >= INCIDENT.from &&
  Date.parse(start) < INCIDENT.to &&
  end !== null &&
  Date.parse(end) <= INCIDENT.to + 10 * MINUTE;
