/** Who writes about the same clusters waits for his turn; the order is that of asking. */
export function createTurns() {
  const last = new Map<string, Promise<void>>();
  return async function take<T>(names: readonly string[], run: () => Promise<T>): Promise<T> {
    const keys = names.length === 0 ? [''] : names;
    const before = keys.flatMap((key) => last.get(key) ?? []);
    const turn = Promise.all(before).then(run);
    // Whoever comes after waits until this one has ended, well or not.
    const ended = turn.then(ignore, ignore);
    for (const key of keys) last.set(key, ended);
    try {
      return await turn;
    } finally {
      for (const key of keys) if (last.get(key) === ended) last.delete(key);
    }
  };
}

const ignore = (): void => undefined;
