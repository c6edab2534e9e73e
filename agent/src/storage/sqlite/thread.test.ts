import { expect, test } from '@jest/globals';
import type { ThreadOptions } from './protocol.ts';
import { startThread } from './thread.ts';

const CRASHING = new URL('./crashing-worker.fixture.ts', import.meta.url);
const options: ThreadOptions = { path: '/nowhere/test.db', busyTimeoutMs: 0, maxBytes: null, now: 0, check: null };
const failed = { code: 'storage/failed' };

test('a thread that breaks rejects every waiting call and every later one; closing it is still fine', async () => {
  const broken: unknown[] = [];
  const thread = await startThread(CRASHING, options, { onBroken: (error) => broken.push(error) });
  const waiting = [thread.call('counts'), thread.call('listClusters'), thread.call('check')];
  const rejected = expect.objectContaining({ status: 'rejected', reason: expect.objectContaining(failed) });
  expect(await Promise.allSettled(waiting)).toEqual(waiting.map(() => rejected as unknown));
  await expect(thread.call('counts')).rejects.toMatchObject(failed);
  await expect(thread.close()).resolves.toBeUndefined();
  expect(broken).toEqual([expect.objectContaining(failed)]);
});

test('an argument that cannot cross the thread rejects its own call only', async () => {
  const thread = await startThread(CRASHING, options);
  const unclonable = (() => undefined) as unknown as string;
  await expect(thread.call('removeCluster', unclonable)).rejects.toMatchObject(failed);
  const other = thread.call('counts');
  await Promise.all([
    expect(thread.call('check')).rejects.toMatchObject(failed),
    expect(other).rejects.toThrow('the thread broke'),
  ]);
});
