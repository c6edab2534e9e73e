import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const CLI = join(root, 'agent/dist/cli.js');

export type AgentCommand = { command: string; args: string[]; env: Record<string, string> };

/**
 * The built agent as it is run when it is installed: by the first line of `cli.js`, with this checkout's Node and further flags of Node.
 * @throws Error where that line is not `#!/usr/bin/env -S [NAME=value ...] node [flags]`
 */
export function agentCommand(nodeFlags: readonly string[] = []): AgentCommand {
  const [first = ''] = readFileSync(CLI, 'utf8').split('\n', 1);
  const line = /^#!\/usr\/bin\/env -S (?<vars>(?:\w+=\S+ )*)node(?<flags>(?: --\S+)*)$/.exec(first)?.groups;
  if (!line) throw new Error(`the first line of ${CLI} is none that is understood here: ${first}`);
  const words = (text = ''): string[] => text.split(' ').filter((word) => word !== '');
  return {
    command: join(root, 'node_modules/.bin/node'),
    args: [...words(line['flags']), ...nodeFlags, CLI],
    env: Object.fromEntries(words(line['vars']).map((pair) => pair.split('=', 2) as [string, string])),
  };
}
