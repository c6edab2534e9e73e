/** In whose turn a cluster is read: what a call changed first, then what an event told of, then what is only read now and then. */
export const RANK = { pass: 0, event: 1, call: 2 } as const;
export type Rank = (typeof RANK)[keyof typeof RANK];

type Wanted = { rank: Rank; done: PromiseWithResolvers<void> };

export type ReadingQueue = {
  /** Resolves when the cluster was read by a reading that begins from now on. */
  want(cluster: string, rank: Rank): Promise<void>;
  /** Until all was read that is wanted now with this rank or a higher one; what could not be read is tried again. */
  settled(rank: Rank): Promise<void>;
};

/** Reads clusters one after another; one that is wanted several times before its turn is read once. */
export function createReadingQueue(readCluster: (cluster: string) => Promise<void>): ReadingQueue {
  const waiting = new Map<string, Wanted>();
  const failed = new Map<string, Rank>();
  let current: Wanted | null = null;
  let isWorking = false;

  const next = (): [string, Wanted] | undefined =>
    [...waiting].reduce<[string, Wanted] | undefined>(
      (first, entry) => (first && first[1].rank >= entry[1].rank ? first : entry),
      undefined,
    );

  async function work(): Promise<void> {
    isWorking = true;
    for (let turn = next(); turn; turn = next()) {
      const [cluster, wanted] = turn;
      waiting.delete(cluster);
      current = wanted;
      try {
        await readCluster(cluster);
        wanted.done.resolve();
      } catch (error) {
        failed.set(cluster, wanted.rank);
        wanted.done.reject(error);
      }
      current = null;
    }
    isWorking = false;
  }

  function want(cluster: string, rank: Rank): Promise<void> {
    failed.delete(cluster);
    const wanted = waiting.get(cluster) ?? { rank, done: Promise.withResolvers<void>() };
    if (rank > wanted.rank) wanted.rank = rank;
    if (!waiting.has(cluster)) {
      waiting.set(cluster, wanted);
      // Often nobody waits for it.
      wanted.done.promise.catch(() => undefined);
    }
    if (!isWorking) void work();
    return wanted.done.promise;
  }

  return {
    want,
    async settled(rank) {
      for (const [cluster, before] of [...failed]) void want(cluster, before);
      const all = [...waiting.values(), ...(current ? [current] : [])];
      await Promise.all(all.filter((wanted) => wanted.rank >= rank).map(({ done }) => done.promise));
    },
  };
}
