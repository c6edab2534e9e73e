import { expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import type { StoredHpa } from '../storage/store.ts';
import { startBackfillRunner } from './backfill-runner.ts';
import type { ClusterSession } from './collector.ts';

function rig({ clusters = ['a'], failures = 0, unreachable = [] as string[] } = {}) {
  const clock = new FakeClock();
  const due = new Set<string>();
  const done: string[] = [];
  const attempts: number[] = [];
  const t0 = clock.now();
  let left = failures;
  const runner = startBackfillRunner({
    clock,
    random: () => 1,
    logger: silentLogger,
    concurrency: 1,
    clusters: () => clusters,
    store: { dueBackfills: async (cluster) => (due.has(cluster) ? [{} as StoredHpa] : []) },
    session: (cluster, signal) =>
      unreachable.includes(cluster)
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
        : Promise.resolve({ cluster } as ClusterSession),
    collector: {
      backfill: async ({ cluster }) => {
        attempts.push((clock.now() - t0) / 1_000);
        if (left-- > 0) throw new Error('the tunnel broke');
        due.delete(cluster);
        done.push(cluster);
        return { finished: 1 };
      },
    },
  });
  return { clock, due, done, attempts, runner };
}

test('what is due is found within 10 s without anybody asking', async () => {
  const { clock, due, done, runner } = rig();
  await clock.advance(1_000);
  due.add('a');
  await clock.advance(29_000);
  expect(done).toEqual(['a']);
  await runner.stop();
});

test('a kick looks at once', async () => {
  const { clock, due, done, runner } = rig();
  await clock.advance(1_000);
  due.add('a');
  runner.kick('a');
  await clock.advance(0);
  expect(done).toEqual(['a']);
  await runner.stop();
});

test('a collection that lost its way is tried again with growing pauses', async () => {
  const { clock, due, attempts, runner } = rig({ failures: 3 });
  due.add('a');
  await clock.advance(10_000);
  expect(attempts).toEqual([0, 1, 3, 7]);
  await runner.stop();
});

test('a cluster out of reach holds up no other', async () => {
  const { clock, due, done, runner } = rig({ clusters: ['far', 'near'], unreachable: ['far'] });
  due.add('far').add('near');
  await clock.advance(1_000);
  expect(done).toEqual(['near']);
  await runner.stop();
});

test('after stop nothing more begins', async () => {
  const { clock, due, done, runner } = rig();
  await clock.advance(0);
  await runner.stop();
  due.add('a');
  runner.kick('a');
  await clock.advance(120_000);
  expect(done).toEqual([]);
});

test('what is dropped is collected no further, and the next one takes its place', async () => {
  const { clock, due, done, runner } = rig({ clusters: ['a', 'b'], unreachable: ['a'] });
  due.add('a');
  await clock.advance(1_000);
  await runner.drop('a');
  due.add('b');
  runner.kick('b');
  await clock.advance(1_000);
  expect(done).toEqual(['b']);
  await runner.drop('never there');
  await runner.stop();
});
