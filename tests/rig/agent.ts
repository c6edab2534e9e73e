import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { agentCommand } from './agent-command.ts';
import { FAST_TIME, plainTime, type FastTime } from './fast-clock.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
export const TOKEN = 'integration-tests-0123456789';

/** Bodies are typed by the contract: `api<HpaListAnswer>(...)`. */
export type Answer<Body> = { status: number; body: Body };

export type AgentProcess = {
  pid: number;
  url: string;
  /** The header of a caller that may do everything. */
  authorization: string;
  dataDir: string;
  /** One call of the API with the write token. */
  api<Body = unknown>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  /** Lines of the log so far, parsed. */
  log(): Record<string, unknown>[];
  /** The kubectl port-forward processes that the agent started and that still run. */
  forwards(): Forward[];
  /** Rows of a query against the database file, by a connection of its own. */
  sql<T = Record<string, unknown>>(query: string, ...params: unknown[]): T[];
  /** The link that opens the preview page once, for an agent started with `--preview`. @throws Error where none was printed */
  previewLink(): Promise<string>;
  /** Time goes on for it as this says; only for one started with `canHurry`. */
  follow(time: FastTime): void;
  /** SIGTERM; resolves with the exit code and how long it took. */
  stop(): Promise<{ code: number | null; ms: number }>;
  kill(): Promise<void>;
  /** SIGSTOP: nothing of it moves until `thaw`. */
  freeze(): void;
  thaw(): void;
};

export type Forward = { pid: number; address: string; port: number; context: string };

export type AgentSettings = Record<string, unknown> & { dataDir?: string };

export type AgentSurroundings = {
  /** A file that holds the shift of the clock in ms and may change while the agent runs. */
  clockFile?: string;
  /** User and group it runs as. */
  uid?: number;
  /** Where the settings file is written; the data directory by default. */
  settingsDir?: string;
  /** Further variables of its environment. */
  env?: Record<string, string>;
};

/**
 * Runs the built agent as a process of its own with these settings; its data directory stays until `removeDataDirs`. Its clock reads
 * `clockShiftMs` later than the machine's. `flags` are further ones of the command, such as `--preview`, `nodeFlags` those of Node. With
 * `canHurry` its clock can be made to run fast.
 */
export async function startAgentProcess(
  settings: AgentSettings,
  clockShiftMs = 0,
  flags: readonly string[] = [],
  nodeFlags: readonly string[] = [],
  canHurry = false,
  { clockFile, uid, settingsDir, env: further = {} }: AgentSurroundings = {},
): Promise<AgentProcess> {
  const dataDir = settings.dataDir ?? newDataDir();
  const file = join(settingsDir ?? dataDir, 'settings.yaml');
  // JSON is YAML.
  const timeFile = join(dataDir, 'time.json');
  if (canHurry) writeFileSync(timeFile, JSON.stringify(plainTime()));
  writeFileSync(file, JSON.stringify({ listen: { port: 0 }, auth: { token: TOKEN }, ...settings, dataDir }));
  const { command, args, env } = agentCommand(nodeFlags);
  const child = spawn(
    command,
    [
      ...(clockShiftMs === 0 && clockFile === undefined ? [] : ['--import', join(root, 'tests/rig/shifted-clock.ts')]),
      ...(!canHurry ? [] : ['--import', join(root, 'tests/rig/fast-clock-preload.ts')]),
      ...args,
      'serve',
      '--config',
      file,
      ...flags,
    ],
    {
      env: {
        ...env,
        PATH: process.env.PATH,
        HOME: settingsDir ?? dataDir,
        TEST_CLOCK_SHIFT_MS: String(clockShiftMs),
        [FAST_TIME]: timeFile,
        ...(clockFile === undefined ? {} : { TEST_CLOCK_FILE: clockFile }),
        ...further,
      },
      ...(uid === undefined ? {} : { uid, gid: uid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  const lines: Record<string, unknown>[] = [];
  let raw = '';
  let listening: (url: string) => void;
  const url = new Promise<string>((resolve) => (listening = resolve));
  child.stderr.on('data', (chunk: Buffer) => {
    const parts = (raw + chunk.toString()).split('\n');
    raw = parts.pop() ?? '';
    for (const part of parts) {
      const line = part.startsWith('{') ? (JSON.parse(part) as Record<string, unknown>) : { msg: part };
      lines.push(line);
      if (line.msg === 'HPA Watch is listening') listening(String(line.url));
    }
  });
  const exited = once(child, 'exit') as Promise<[number | null]>;
  const base = await Promise.race([
    url,
    exited.then(([code]) => Promise.reject(new Error(`the agent ended with ${code}: ${JSON.stringify(lines)} ${raw}`))),
  ]);
  const pid = child.pid ?? 0;
  return {
    pid,
    url: base,
    authorization: `Bearer ${TOKEN}`,
    dataDir,
    async api<Body>(method: string, path: string, body?: unknown) {
      const response = await fetch(base + path, {
        method,
        headers: {
          authorization: `Bearer ${TOKEN}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body === undefined ? null : JSON.stringify(body),
      });
      return { status: response.status, body: (await response.json()) as Body };
    },
    log: () => lines,
    forwards: () => forwardsOf(pid),
    sql(query, ...params) {
      const db = new Database(join(dataDir, 'monitoring.db'), { readonly: true });
      try {
        return db.prepare(query).all(...params) as never;
      } finally {
        db.close();
      }
    },
    previewLink: () => eventually('the link of the preview', 5_000, () => /http\S+\?key=\S+/.exec(out)?.[0] ?? null),
    follow(time) {
      writeFileSync(timeFile, JSON.stringify(time));
      child.kill('SIGUSR2');
    },
    async stop() {
      const startedAt = Date.now();
      child.kill('SIGTERM');
      const [code] = await exited;
      return { code, ms: Date.now() - startedAt };
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
  };
}

const dataDirs: string[] = [];

export function newDataDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpa-watch-agent-'));
  dataDirs.push(dir);
  return dir;
}

export const removeDataDirs = (): void =>
  dataDirs.splice(0).forEach((dir) => rmSync(dir, { recursive: true, force: true }));

/** Every kubectl port-forward that runs, told by /proc; `parent` limits it to the children of one process. */
export function forwardsOf(parent: number | null): Forward[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const args = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0');
        const ppid = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1]);
        if (!args.includes('port-forward') || (parent !== null && ppid !== parent)) return [];
        const after = (flag: string) =>
          args[args.indexOf(flag) + 1] ?? args.find((arg) => arg.startsWith(`${flag}=`))?.split('=')[1] ?? '';
        const port = Number(/^(\d+):\d+$/.exec(args.find((arg) => /^\d+:\d+$/.test(arg)) ?? '')?.[1]);
        return [{ pid: Number(name), address: after('--address'), port, context: after('--context') }];
      } catch {
        return [];
      }
    });
}

export const isAlive = (pid: number): boolean => {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

/** Asks again until `read` answers something other than null or undefined; fails with `what` after `withinMs`. */
export async function eventually<T>(
  what: string,
  withinMs: number,
  read: () => Promise<T | null | undefined> | T | null | undefined,
): Promise<T> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value !== null && value !== undefined) return value;
    if (Date.now() > giveUpAt) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
