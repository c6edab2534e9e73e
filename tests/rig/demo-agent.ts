import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

export type DemoAgent = {
  url: string;
  token: string;
  /** The link that opens the page now; each use makes another one. */
  link(): string;
  /** Uses a link as a browser does. Answers the session to set as a cookie: name and value. */
  openSession(): Promise<{ name: string; value: string }>;
  stop(): Promise<void>;
};

export type DemoAgentOptions = {
  /** Chooses load and incidents. */
  seed: number;
  /** No incidents. */
  clean?: boolean;
};

/** `hpa-watch demo` as a process of its own on a free port, once every HPA has its history and was judged. */
export async function startDemoAgent({ seed, clean = false }: DemoAgentOptions): Promise<DemoAgent> {
  const args = ['demo', '--port', '0', '--seed', String(seed), ...(clean ? ['--clean'] : [])];
  const child = spawn(join(root, 'node_modules/.bin/node'), [join(root, 'agent/dist/cli.js'), ...args], {
    env: { PATH: process.env.PATH, HOME: tmpdir() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let errors = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const look of waiting) look();
  });
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const exited = once(child, 'exit') as Promise<[number | null]>;
  /** Resolves with the last match once there is one more than `before`. */
  const said = (pattern: RegExp, before = 0): Promise<string> => {
    const appeared = new Promise<string>((resolve) => {
      const look = () => {
        const found = [...out.matchAll(pattern)];
        if (found.length <= before) return;
        waiting.delete(look);
        resolve(found.at(-1)?.[1] ?? '');
      };
      waiting.add(look);
      look();
    });
    const ended = exited.then(([code]) => Promise.reject(new Error(`the demo ended with ${code}: ${out}${errors}`)));
    return Promise.race([appeared, ended]);
  };
  const LINK = /(http:\S+\?key=\S+)/g;
  await said(LINK);
  const token = await said(/TOKEN=(\S+)/g);
  await said(/(Ctrl-C) ends it/g);
  const link = () => [...out.matchAll(LINK)].at(-1)?.[1] ?? '';
  return {
    url: new URL(link()).origin,
    token,
    link,
    async openSession() {
      const used = [...out.matchAll(LINK)].length;
      const answer = await fetch(link(), { redirect: 'manual' });
      const [name, value] = answer.headers.get('set-cookie')?.split(';')[0]?.split('=') ?? [];
      if (name === undefined || value === undefined) throw new Error(`the link opened nothing: ${answer.status}`);
      await said(LINK, used);
      return { name, value };
    },
    async stop() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}
