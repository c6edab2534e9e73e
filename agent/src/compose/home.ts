import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HOME_FILE = 'agent-home';

/**
 * What tells this data directory from all others, made where there is nothing yet. One process at most uses a directory (it is locked), so the
 * next one may take over at once what the last one had.
 */
export function homeOf(dataDir: string): string {
  const path = join(dataDir, HOME_FILE);
  try {
    const home = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(home)) return home;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const home = randomUUID();
  writeFileSync(path, `${home}\n`, { mode: 0o600 });
  return home;
}
