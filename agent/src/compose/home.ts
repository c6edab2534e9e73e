import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const HOME_FILE = 'agent-home';

/**
 * What tells this data directory from all others. One process at most uses a directory (it is locked), so the next one may take over at
 * once what the last one had. A copy of it, elsewhere, is another home.
 */
export const homeOf = (dataDir: string): string => `${hostname()} ${dataDir} ${markOf(dataDir)}`;

/** Made where there is none yet. */
function markOf(dataDir: string): string {
  const path = join(dataDir, HOME_FILE);
  try {
    const mark = readFileSync(path, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(mark)) return mark;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const mark = randomUUID();
  writeFileSync(path, `${mark}\n`, { mode: 0o600 });
  return mark;
}
