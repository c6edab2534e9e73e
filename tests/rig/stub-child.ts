import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { StubOptions } from './stub-apiserver.ts';
import type { StubFault } from './stub-faults.ts';
import type { StubCommand, StubReply } from './stub-process.ts';

export type StubChild = {
  pid: number;
  url: string;
  kubeconfig: string;
  setFault(cluster: string, fault: StubFault | null): Promise<void>;
  dropAll(cluster?: string): Promise<void>;
  goaway(cluster?: string): Promise<void>;
  log(): Promise<string[]>;
  /** SIGSTOP: connections stay open, nothing moves. */
  freeze(): void;
  thaw(): void;
  stop(): Promise<void>;
};

// Told apart by type so that a command without its id can be written down.
type Command = StubCommand extends infer C ? (C extends StubCommand ? Omit<C, 'id'> : never) : never;

/** Starts the stub API server as a child process. */
export async function startStubChild(options: StubOptions): Promise<StubChild> {
  const child = fork(new URL('./stub-process.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
  });
  const waiting = new Map<number, (reply: StubReply) => void>();
  let lastId = 0;
  child.on('message', (reply: StubReply) => waiting.get(reply.id)?.(reply));

  async function tell(command: Command): Promise<StubReply> {
    const id = ++lastId;
    const reply = await new Promise<StubReply>((resolve) => {
      waiting.set(id, resolve);
      child.send({ ...command, id });
    });
    waiting.delete(id);
    if (reply.error !== undefined) throw new Error(reply.error);
    return reply;
  }

  const { url = '', kubeconfig = '' } = await tell({ do: 'listen', options });
  return {
    pid: child.pid ?? 0,
    url,
    kubeconfig,
    setFault: async (cluster, fault) => void (await tell({ do: 'fault', cluster, fault })),
    dropAll: async (cluster) => void (await tell({ do: 'drop', cluster })),
    goaway: async (cluster) => void (await tell({ do: 'goaway', cluster })),
    log: async () => (await tell({ do: 'log' })).log ?? [],
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}
