import { expect, test } from '@jest/globals';
import { unknownHpa, type WatchedHpas } from './detection-memory.ts';
import { keepAsTimeAllows } from './keep-states.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const clusters = (count: number): WatchedHpas[] =>
  Array.from({ length: count }, (_, i) => new Map([[i + 1, unknownHpa()]]));

/** A store that takes so long for each cluster and refuses some. */
function rig(eachMs: number, refused: readonly number[] = []) {
  const state = { ms: 0, written: [] as number[] };
  const saveDetectorState = async (updates: { hpaId: number }[]): Promise<void> => {
    state.ms += eachMs;
    const [id = 0] = updates.map(({ hpaId }) => hpaId);
    if (refused.includes(id)) throw new Error(`cluster ${id} is another agent's`);
    state.written.push(id);
  };
  return { state, store: { saveDetectorState }, elapsedMs: () => state.ms };
}

test.each([
  ['all of them', 10, 5, 5],
  ['as many as a stop has time for', 400, 50, 4],
  ['one at least, however long it takes', 60_000, 50, 1],
])('what is known is written of %s', async (_, eachMs, count, written) => {
  const { state, store, elapsedMs } = rig(eachMs);
  await keepAsTimeAllows(store, clusters(count), NOW, elapsedMs);
  expect(state.written).toHaveLength(written);
});

test('a cluster that is refused does not keep the others from being written, and is told', async () => {
  const { state, store, elapsedMs } = rig(1, [2]);
  await expect(keepAsTimeAllows(store, clusters(4), NOW, elapsedMs)).rejects.toThrow('cluster 2 is another');
  expect(state.written).toEqual([1, 3, 4]);
});
