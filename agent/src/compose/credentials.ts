import type { Config } from '../config/load.ts';
import { followTokenFiles } from '../config/token-files.ts';
import type { Clock } from '../core/clock.ts';
import type { FollowedState } from '../core/followed-files.ts';
import type { Logger } from '../core/logger.ts';
import type { Tokens } from '../http/auth.ts';

export type CredentialsOptions = {
  auth: Config['auth'];
  /** The file in the data directory, where the settings give no token. */
  keptTokenFile: string | null;
  /** Known beside those of the settings. */
  further: Tokens;
  clock: Clock;
  logger: Logger;
  everyMs?: number;
};

export type Credentials = {
  /** The same object until they change. */
  tokens(): Tokens;
  states(): FollowedState[];
  stop(): void;
};

/** The tokens of settings, environment and files; the files are followed. @throws AgentError where a file cannot be used at the start */
export async function openCredentials(options: CredentialsOptions): Promise<Credentials> {
  const { auth, keptTokenFile, further, clock, logger, everyMs } = options;
  const fileOf = (setting: string, path: string | null) => (path === null ? null : { setting, path });
  const files = await followTokenFiles({
    writeFile: fileOf('auth.tokenFile', auth.tokenFile) ?? fileOf('dataDir/token', keptTokenFile),
    readFile: fileOf('auth.readTokenFile', auth.readTokenFile),
    clock,
    logger,
    ...(everyMs !== undefined && { everyMs }),
  });
  let of = files.current();
  const joined = (): Tokens => ({
    writeTokens: [...auth.writeTokens, ...of.writeTokens, ...further.writeTokens],
    readTokens: [...auth.readTokens, ...of.readTokens, ...further.readTokens],
  });
  let tokens = joined();
  return {
    tokens() {
      if (files.current() === of) return tokens;
      of = files.current();
      return (tokens = joined());
    },
    states: () => files.states(),
    stop: () => files.stop(),
  };
}
