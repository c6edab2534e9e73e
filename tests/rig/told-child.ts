import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

// Told apart by type so that a command without its id can be written down.
type WithoutId<Command> = Command extends unknown ? Omit<Command, 'id'> : never;

export type ToldChild<Command, Reply> = {
  child: ChildProcess;
  /** Sends a command and waits for its reply. Rejects with the error that the reply tells, or when the process ends. */
  tell: (command: WithoutId<Command>) => Promise<Reply>;
  stop: () => Promise<void>;
};

/** A process of our own that is told what to do, and replies to each command under its id. */
export function startToldChild<Command extends { id: number }, Reply extends { id: number; error?: string }>(
  entry: URL,
  what: string,
): ToldChild<Command, Reply> {
  const child = fork(entry, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
  const exited = once(child, 'exit');
  const waiting = new Map<number, (reply: Reply) => void>();
  let lastId = 0;
  child.on('message', (reply: Reply) => waiting.get(reply.id)?.(reply));
  return {
    child,
    async tell(command) {
      const id = ++lastId;
      const answered = new Promise<Reply>((resolve) => {
        waiting.set(id, resolve);
        child.send({ ...command, id });
      });
      const ended = exited.then(() => Promise.reject(new Error(`${what} has ended`)));
      const reply = await Promise.race([answered, ended]);
      waiting.delete(id);
      if (reply.error !== undefined) throw new Error(reply.error);
      return reply;
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}
