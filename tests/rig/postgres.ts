import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, readdirSync } from 'node:fs';
import { appendFile, chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { freePort } from './free-port.ts';

export type PostgresOptions = {
  /** Default: 100. */
  maxConnections?: number;
  /** Whether a commit waits for the disk, as a real server's does. Default: false, since no test outlives its machine. */
  fsync?: boolean;
  /** Further settings of postgresql.conf. */
  settings?: Record<string, string | number>;
};

export type RealPostgres = {
  host: string;
  port: number;
  user: string;
  password: string;
  /** Where its socket is; nothing else stands there. */
  socketDir: string;
  pid(): number;
  /** A new empty database; answers its URL, with the password. */
  createDatabase(name?: string): Promise<string>;
  /** The URL of a database of this server. */
  urlOf(database: string): string;
  /** Runs one statement as the superuser. */
  query<T extends pg.QueryResultRow>(sql: string, database?: string): Promise<T[]>;
  /** Ends it as a restart of the machine does: connections are cut, what was committed is kept. */
  stop(): Promise<void>;
  /** Starts it again on the same port. */
  start(): Promise<void>;
  /** SIGKILL to the server and all its processes; `start` then recovers. */
  kill(): Promise<void>;
  /** SIGSTOP to the server and all its processes: it takes connections and answers nothing. */
  pause(): void;
  resume(): void;
  /** Ends it and removes everything. */
  destroy(): Promise<void>;
};

const PASSWORD = 'pg-rig-password';
const READY_WITHIN_MS = 30_000;
/** `nobody`: PostgreSQL refuses to run as root. */
const UNPRIVILEGED = 65_534;
const asRoot = process.getuid?.() === 0;
const identity = asRoot ? { uid: UNPRIVILEGED, gid: UNPRIVILEGED } : {};

/** Where Debian keeps the programs of the newest version, else wherever the PATH has them. */
function programs(): string {
  const base = '/usr/lib/postgresql';
  const versions = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : [];
  const found = versions.map((version) => join(base, version, 'bin')).find((dir) => existsSync(join(dir, 'initdb')));
  return found ?? '';
}

/** A throw-away PostgreSQL on a loopback address, in a directory of its own; nothing of it is left after `destroy`. */
export async function startPostgres(options: PostgresOptions = {}): Promise<RealPostgres> {
  const bin = programs();
  const dir = await mkdtemp(join(tmpdir(), 'hpa-watch-postgres-'));
  if (asRoot) chownSync(dir, UNPRIVILEGED, UNPRIVILEGED);
  await chmod(dir, 0o700);
  const data = join(dir, 'data');
  const host = '127.0.0.1';
  const user = 'hpa_watch';
  const port = await freePort();
  const urlOf = (database: string) => `postgres://${user}:${PASSWORD}@${host}:${port}/${database}`;
  let server: ChildProcess | null = null;
  let stderr = '';
  let databases = 0;

  const query = async <T extends pg.QueryResultRow>(sql: string, database = 'postgres'): Promise<T[]> => {
    const client = new pg.Client({ connectionString: urlOf(database), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<T>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  const start = async () => {
    if (server !== null) throw new Error('this PostgreSQL runs already');
    const child = spawn(join(bin, 'postgres'), ['-D', data, '-k', dir, '-h', host, '-p', String(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      cwd: dir,
      ...identity,
    });
    server = child;
    child.stderr.on('data', (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-4_000)));
    const deadline = Date.now() + READY_WITHIN_MS;
    while (
      !(await query('SELECT 1').then(
        () => true,
        () => false,
      ))
    ) {
      if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
        await end('SIGQUIT');
        throw new Error(`PostgreSQL did not start: ${stderr}`);
      }
      await delay(25);
    }
  };

  /** The server and its processes, which the server has made: all that SIGKILL and SIGSTOP must reach. */
  const processes = (): number[] => {
    const parent = server?.pid;
    if (parent === undefined) return [];
    const { stdout } = spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent)], { encoding: 'utf8' });
    return [
      parent,
      ...stdout
        .split('\n')
        .map(Number)
        .filter((pid) => pid > 0),
    ];
  };
  const signal = (name: NodeJS.Signals) => {
    for (const pid of processes()) {
      try {
        process.kill(pid, name);
      } catch {
        // It ended meanwhile.
      }
    }
  };
  const end = async (name: NodeJS.Signals, toAll = false) => {
    const child = server;
    if (child === null) return;
    const exited = child.exitCode !== null || child.signalCode !== null ? null : once(child, 'exit');
    // One that is stopped would not see it.
    signal('SIGCONT');
    if (toAll) signal(name);
    else child.kill(name);
    const killer = setTimeout(() => signal('SIGKILL'), 10_000);
    await exited;
    clearTimeout(killer);
    server = null;
  };

  const destroy = async () => {
    await end('SIGQUIT');
    await rm(dir, { recursive: true, force: true });
  };

  try {
    const passwordFile = join(dir, 'password');
    await writeFile(passwordFile, `${PASSWORD}\n`);
    const made = spawnSync(
      join(bin, 'initdb'),
      [
        '-D',
        data,
        '-U',
        user,
        '-A',
        'scram-sha-256',
        `--pwfile=${passwordFile}`,
        '-E',
        'UTF8',
        '--locale=C.UTF-8',
        '--no-sync',
      ],
      { encoding: 'utf8', cwd: dir, ...identity },
    );
    if (made.status !== 0) throw new Error(`initdb failed: ${made.error?.message ?? made.stderr}`);
    const fsync = options.fsync === true ? 'on' : 'off';
    const settings = {
      max_connections: options.maxConnections ?? 100,
      superuser_reserved_connections: 0,
      shared_buffers: '64MB',
      fsync,
      synchronous_commit: fsync,
      full_page_writes: fsync,
      max_wal_size: '1GB',
      autovacuum_naptime: '5s',
      ...options.settings,
    };
    const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'`);
    await appendFile(join(data, 'postgresql.conf'), `\n${lines.join('\n')}\n`);
    await start();
  } catch (error) {
    await destroy();
    throw error;
  }
  return {
    host,
    port,
    user,
    password: PASSWORD,
    socketDir: dir,
    pid: () => server?.pid ?? 0,
    async createDatabase(name = `hpa_watch_${(databases += 1)}`) {
      await query(`CREATE DATABASE "${name}"`);
      return urlOf(name);
    },
    urlOf,
    query,
    stop: () => end('SIGINT'),
    start,
    kill: () => end('SIGKILL', true),
    pause: () => signal('SIGSTOP'),
    resume: () => signal('SIGCONT'),
    destroy,
  };
}
