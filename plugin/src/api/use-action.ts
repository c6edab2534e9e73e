import { useCallback, useRef, useState } from 'react';
import { toProblem, type AgentProblem } from './problem';

/** Something a person does to the agent: what to say once it is done, and how to take it back. */
export type Action = {
  name: string;
  act: () => Promise<void>;
  /** Said when done, such as "Muted for 2 h." */
  done: string;
  /** null: cannot be taken back. */
  undo: (() => Promise<void>) | null;
  /** Said when taken back. */
  undone: string;
};

export type ActionState =
  | { kind: 'idle' }
  | { kind: 'running'; name: string }
  | { kind: 'done'; message: string; undo: (() => void) | null }
  | { kind: 'failed'; problem: AgentProblem; retry: () => void };

/** One action at a time; what became of it stays until the next one, or until it is dismissed. */
export function useAction(): { state: ActionState; run: (action: Action) => void; dismiss: () => void } {
  const [state, setState] = useState<ActionState>({ kind: 'idle' });
  const isRunning = useRef(false);

  const perform = useCallback((name: string, act: () => Promise<void>, next: ActionState) => {
    if (isRunning.current) return;
    isRunning.current = true;
    setState({ kind: 'running', name });
    act()
      .then(() => setState(next))
      .catch((error: unknown) =>
        setState({ kind: 'failed', problem: toProblem(error), retry: () => perform(name, act, next) }),
      )
      .finally(() => {
        isRunning.current = false;
      });
  }, []);

  const run = useCallback(
    ({ name, act, done, undo, undone }: Action) =>
      perform(name, act, {
        kind: 'done',
        message: done,
        undo: undo && (() => perform(name, undo, { kind: 'done', message: undone, undo: null })),
      }),
    [perform],
  );
  const dismiss = useCallback(() => setState({ kind: 'idle' }), []);
  return { state, run, dismiss };
}
