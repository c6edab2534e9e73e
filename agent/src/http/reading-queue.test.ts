import { expect, test } from '@jest/globals';
import { createReadingQueue, RANK } from './reading-queue.ts';

/** Each reading is on its way until it is let go. */
function rig() {
  const read: string[] = [];
  const letGo: PromiseWithResolvers<void>[] = [];
  const queue = createReadingQueue((cluster) => {
    read.push(cluster);
    const done = Promise.withResolvers<void>();
    letGo.push(done);
    return done.promise;
  });
  const finish = async (error?: Error) => {
    const done = letGo.shift();
    if (error) done?.reject(error);
    else done?.resolve();
    await new Promise(setImmediate);
  };
  return { queue, read, finish };
}

test('one at a time: what a call changed first, then what was told of, each in the order of its kind', async () => {
  const { queue, read, finish } = rig();
  void queue.want('first', RANK.pass);
  void queue.want('pass', RANK.pass);
  void queue.want('event', RANK.event);
  void queue.want('call', RANK.call);
  void queue.want('event 2', RANK.event);
  void queue.want('pass', RANK.event);
  for (let i = 0; i < 5; i++) {
    expect(read).toHaveLength(i + 1);
    await finish();
  }
  expect(read).toEqual(['first', 'call', 'pass', 'event', 'event 2']);
});

test('what changes while it is read is read once more', async () => {
  const { queue, read, finish } = rig();
  const before = queue.want('a', RANK.event);
  const after = [queue.want('a', RANK.event), queue.want('a', RANK.event)];
  await finish();
  await before;
  expect(read).toEqual(['a', 'a']);
  await finish();
  await Promise.all(after);
  expect(read).toEqual(['a', 'a']);
});

test('settled waits for its rank alone, and tries again what failed', async () => {
  const { queue, read, finish } = rig();
  void queue.want('a', RANK.call);
  void queue.want('b', RANK.pass);
  const fails = expect(queue.settled(RANK.call)).rejects.toThrow('disk');
  await finish(new Error('disk'));
  await fails;
  const again = queue.settled(RANK.call);
  await finish();
  await finish();
  await again;
  expect(read).toEqual(['a', 'b', 'a']);
  await queue.settled(RANK.pass);
});
