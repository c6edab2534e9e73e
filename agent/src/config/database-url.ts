import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { invalid } from './problems.ts';

const URL_VARIABLE = 'HPA_WATCH_DATABASE_URL';
const FILE_VARIABLE = 'HPA_WATCH_DATABASE_PASSWORD_FILE';
const PARTITIONS_VARIABLE = 'HPA_WATCH_DATABASE_PARTITIONS';
const SHAPE = 'postgres://USER[:PASSWORD]@HOST[:PORT]/DATABASE';

export type DatabaseEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * The URL of the PostgreSQL that all agents share, with its password; null: none, so the data stay in SQLite. The password may stand in a file of its
 * own, as secrets of Compose and Kubernetes are handed over. No message shows any of it.
 * @throws AgentError `config/invalid`
 */
export function databaseUrl(env: DatabaseEnvironment, cwd: string): string | null {
  const text = env[URL_VARIABLE] ?? '';
  const file = env[FILE_VARIABLE] ?? '';
  if (text === '') {
    // Who hands over a password means to use a database; keeping the data somewhere else than asked would go unnoticed.
    if (file !== '' && (readOrNull(resolve(cwd, file)) ?? '') !== '')
      throw invalid([
        { path: URL_VARIABLE, found: undefined, allowed: `${SHAPE}, since ${FILE_VARIABLE} holds a password for it` },
      ]);
    return null;
  }
  const url = addressOf(text);
  if (url === null) throw invalid([{ path: URL_VARIABLE, found: 'a value', allowed: SHAPE }]);
  if (file === '') return url.href;
  const password = readOrNull(resolve(cwd, file));
  if (password === null)
    throw invalid([{ path: FILE_VARIABLE, found: file, allowed: 'a readable file that holds the password alone' }]);
  if (password === '') return url.href;
  if (url.password !== '')
    throw invalid([
      { path: FILE_VARIABLE, found: file, allowed: `a password in this file or in ${URL_VARIABLE}, not in both` },
    ]);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Whether samples stand in partitions by day; counts where the tables are made. @throws AgentError `config/invalid` */
export function databasePartitions(env: DatabaseEnvironment): boolean {
  const text = env[PARTITIONS_VARIABLE] ?? '';
  if (text !== '' && text !== 'on' && text !== 'off')
    throw invalid([{ path: PARTITIONS_VARIABLE, found: text, allowed: '"on", or "off" for a database without them' }]);
  return text !== 'off';
}

function addressOf(text: string): URL | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) return null;
  const hasHost = url.hostname !== '' || url.searchParams.has('host');
  return hasHost && url.pathname.length > 1 ? url : null;
}

/** Without the line's end that editors and `echo` leave. */
function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch {
    return null;
  }
}
