/** Work on things by name: for one name one after the other, for different names beside each other. */
export type ByName = {
  /** Never rejects; what fails is told to `onError`. */
  run(name: string, work: () => Promise<void>): Promise<void>;
  /** Resolves when all that was asked for so far is done. */
  idle(): Promise<void>;
};

export function createByName(onError: (name: string, error: unknown) => void): ByName {
  const last = new Map<string, Promise<void>>();
  return {
    run(name, work) {
      const before = last.get(name) ?? Promise.resolve();
      const done = before.then(work).catch((error: unknown) => onError(name, error));
      last.set(name, done);
      void done.then(() => last.get(name) === done && last.delete(name));
      return done;
    },
    async idle() {
      await Promise.all(last.values());
    },
  };
}
