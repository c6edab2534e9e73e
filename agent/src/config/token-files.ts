import { AgentError } from '../core/errors.ts';
import { followFiles, type FollowedFiles, type FollowOptions } from '../core/followed-files.ts';
import { tokensIn } from './token.ts';

export type TokenFiles = { writeTokens: readonly string[]; readTokens: readonly string[] };

export type TokenFilesOptions = Pick<FollowOptions<unknown>, 'clock' | 'logger' | 'everyMs'> & {
  writeFile: { setting: string; path: string } | null;
  readFile: { setting: string; path: string } | null;
};

const NONE: readonly string[] = [];

/**
 * Follows the files that hold tokens. `current` answers the same object until one of them has changed.
 * @throws AgentError where one cannot be used at the start
 */
export async function followTokenFiles({ writeFile, readFile, ...common }: TokenFilesOptions) {
  const files: FollowedFiles<readonly string[]>[] = [];
  const follow = async (file: { setting: string; path: string } | null) => {
    if (file === null) return null;
    const { setting, path } = file;
    const followed = await followFiles({
      ...common,
      setting,
      paths: [path],
      make: ([content = '']) => named(setting, () => tokensIn(path, content)),
      onChange: join,
    });
    files.push(followed);
    return followed;
  };
  let write: FollowedFiles<readonly string[]> | null = null;
  let read: FollowedFiles<readonly string[]> | null = null;
  let current: TokenFiles = { writeTokens: NONE, readTokens: NONE };
  function join(): void {
    current = { writeTokens: write?.current() ?? NONE, readTokens: read?.current() ?? NONE };
  }
  try {
    write = await follow(writeFile);
    read = await follow(readFile);
  } catch (error) {
    for (const file of files) file.stop();
    throw error;
  }
  join();
  return {
    current: () => current,
    states: () => files.map((file) => file.state()),
    stop: () => files.forEach((file) => file.stop()),
  };
}

export type FollowedTokens = Awaited<ReturnType<typeof followTokenFiles>>;

function named<T>(setting: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw new AgentError('config/invalid', `${setting}: ${(error as Error).message}`, { cause: error });
  }
}
