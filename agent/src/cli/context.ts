/** What a command gets of the process. */
export type CommandContext = {
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  version: string;
  /** The folder that holds agent/ and, in a checkout, plugin/. */
  checkout: string;
  /** stderr is a terminal: logs for people. */
  terminal: boolean;
  print(text: string): void;
  /** One line on stderr that the next one replaces, '' takes it away; nothing where stderr is no terminal. */
  progress(text: string): void;
  /** All of stdin as text. */
  readInput(): Promise<string>;
  untilSignal(): Promise<string>;
};
