import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentError, isAgentError } from '../core/errors.ts';

/** The file, in the data directory, that keeps a token made by the agent. */
export const TOKEN_FILE = 'token';

export const TOKEN_ALLOWED = 'a token of at least 16 visible ASCII characters, without spaces';

/** What a header can carry, and nobody guesses. */
export const isToken = (text: string): boolean => /^[\x21-\x7e]{16,}$/.test(text);

/**
 * The tokens of a file: one a line; empty lines and those that begin with # are none.
 * @throws AgentError `config/invalid`; a token never stands in its message
 */
export function tokensIn(path: string, content: string): string[] {
  const lines = content.split(/\r?\n/).map((line) => line.trim());
  const tokens = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const wrong = lines.findIndex((line) => tokens.includes(line) && !isToken(line));
  const found = wrong >= 0 ? `line ${wrong + 1} is none` : 'it holds none';
  if (wrong >= 0 || tokens.length === 0)
    throw new AgentError('config/invalid', `${path}: ${found}; allowed: ${TOKEN_ALLOWED}, one a line`);
  return [...new Set(tokens)];
}

/**
 * The token kept in the data directory, made (32 random bytes, mode 0600) where there is none yet.
 * @throws AgentError `config/unreadable`
 */
export function keptToken(dataDir: string): { token: string; path: string; created: boolean } {
  const path = join(dataDir, TOKEN_FILE);
  try {
    const [token = ''] = tokensIn(path, readFileSync(path, 'utf8'));
    return { token, path, created: false };
  } catch (error) {
    if (isAgentError(error))
      throw new AgentError('config/unreadable', `${error.message}. Remove it, and a new one is made`);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
      throw new AgentError('config/unreadable', `Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
  const token = randomBytes(32).toString('base64url');
  writeFileSync(path, `${token}\n`, { mode: 0o600, flag: 'wx' });
  return { token, path, created: true };
}
