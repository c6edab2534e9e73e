import { StubApiServer, type StubOptions } from './stub-apiserver.ts';
import type { StubFault } from './stub-faults.ts';

/**
 * The stub API server as a process of its own, so that it can be frozen (SIGSTOP) while its sockets stay open. Talks to
 * its parent by IPC; see stub-child.ts. Ends with its parent.
 */
export type StubCommand =
  | { id: number; do: 'listen'; options: StubOptions }
  | { id: number; do: 'fault'; cluster: string; fault: StubFault | null }
  | { id: number; do: 'drop' | 'goaway'; cluster?: string | undefined }
  | { id: number; do: 'log' };

export type StubReply = { id: number; url?: string; kubeconfig?: string; log?: string[]; error?: string };

let stub: StubApiServer | null = null;

async function obey(command: StubCommand): Promise<Omit<StubReply, 'id'>> {
  if (command.do === 'listen') {
    stub = await new StubApiServer(command.options).listen();
    return { url: stub.url, kubeconfig: stub.kubeconfig() };
  }
  if (!stub) throw new Error('The stub does not listen yet');
  if (command.do === 'fault') stub.setFault(command.cluster, command.fault);
  if (command.do === 'drop') stub.dropAll(command.cluster);
  if (command.do === 'goaway') stub.goaway(command.cluster);
  return command.do === 'log' ? { log: stub.log } : {};
}

process.on('message', (command: StubCommand) => {
  obey(command).then(
    (answer) => process.send?.({ id: command.id, ...answer } satisfies StubReply),
    (error: Error) => process.send?.({ id: command.id, error: error.message } satisfies StubReply),
  );
});
process.on('disconnect', () => process.exit(0));
