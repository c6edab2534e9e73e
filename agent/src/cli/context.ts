/** What a command gets of the process. */
export type CommandContext = {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  version: string;
  /** stderr is a terminal: logs for people. */
  terminal: boolean;
  print(text: string): void;
  untilSignal(): Promise<string>;
};
