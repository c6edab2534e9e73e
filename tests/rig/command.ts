import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type CommandResult = { code: number | null; stdout: string; stderr: string };

/** Runs `hpa-watch` as a person does, to its end. */
export async function runCommand(args: readonly string[], input = '', cwd = root): Promise<CommandResult> {
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'agent/dist/cli.js'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (out.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (out.stderr += chunk.toString()));
  // A command that refuses its arguments never reads its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...out };
}
