import type { StubOptions } from './stub-apiserver.ts';
import type { StubFault } from './stub-faults.ts';
import type { StubCommand, StubReply } from './stub-process.ts';
import { startToldChild } from './told-child.ts';

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

/** Starts the stub API server as a child process. */
export async function startStubChild(options: StubOptions): Promise<StubChild> {
  const { child, tell, stop } = startToldChild<StubCommand, StubReply>(
    new URL('./stub-process.ts', import.meta.url),
    'the stub API server',
  );
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
    stop,
  };
}
