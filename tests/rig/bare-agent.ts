import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDataDir } from './agent.ts';
import { agentCommand } from './agent-command.ts';

export type BareAgent = {
  pid: number;
  url: string;
  dataDir: string;
  /** All that it printed and logged so far. */
  told(): string;
  /** Runs another command with the settings and the environment of the agent; its exit code and what it printed. */
  run(command: string, port: number): Promise<{ code: number | null; out: string }>;
  stop(): Promise<number | null>;
};

export type Setting = { settings: object; env?: Record<string, string>; dataDir?: string };

/**
 * The built agent as a process of its own with nothing but these settings and this environment.
 * @throws Error with what it said where it does not come up
 */
export async function startBareAgent({ settings, env = {}, dataDir = newDataDir() }: Setting): Promise<BareAgent> {
  const file = join(dataDir, 'settings.yaml');
  writeFileSync(file, JSON.stringify({ listen: { port: 0 }, ...settings, dataDir }));
  const agent = agentCommand();
  const environment = { ...agent.env, PATH: process.env.PATH, HOME: dataDir, HPA_WATCH_CONFIG: file, ...env };
  const child = spawn(agent.command, [...agent.args, 'serve'], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let told = '';
  const { promise: url, resolve } = Promise.withResolvers<string>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      const line = told.split('\n').find((one) => one.includes('"HPA Watch is listening"'));
      if (line !== undefined) resolve((JSON.parse(line) as { url: string }).url);
    });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const failed = exited.then(([code]) => Promise.reject(new Error(`the agent ended with ${code}: ${told}`)));
  return {
    url: await Promise.race([url, failed]),
    pid: child.pid ?? 0,
    dataDir,
    told: () => told,
    async run(command, port) {
      const run = spawn(agent.command, [...agent.args, command], {
        env: { ...environment, HPA_WATCH_PORT: String(port) },
      });
      let out = '';
      for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
      const [code] = (await once(run, 'close')) as [number | null];
      return { code, out };
    },
    async stop() {
      child.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}
