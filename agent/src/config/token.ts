import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError } from '../core/errors.ts';

/** The file, in the data directory, that keeps a token made by the agent. */
export const TOKEN_FILE = 'token';

/**
 * The token kept in the data directory, made (32 random bytes, mode 0600) where there is none yet.
 * @throws AgentError `config/unreadable`
 */
export function keptToken(dataDir: string): { token: string; path: string; created: boolean } {
  const path = join(dataDir, TOKEN_FILE);
  try {
    const token = readFileSync(path, 'utf8').trim();
    if (token.length >= 16) return { token, path, created: false };
    throw new AgentError(
      'config/unreadable',
      `${path} holds no token of at least 16 characters: remove it, and a new one is made`,
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw error instanceof AgentError
        ? error
        : new AgentError('config/unreadable', `Cannot read ${path}: ${(error as Error).message}`, { cause: error });
    }
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, path, created: true };
}
