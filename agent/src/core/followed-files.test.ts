import { expect, test } from '@jest/globals';
import { AgentError } from './errors.ts';
import { FakeClock } from './fake-clock.fixture.ts';
import { followFiles } from './followed-files.ts';
import { silentLogger, type Logger } from './logger.ts';

/** Two files that belong together: the second must end as the first does. */
async function started(everyMs = 1_000) {
  const clock = new FakeClock();
  const files = new Map([
    ['a', 'a1'],
    ['b', 'b1'],
  ]);
  const told: string[] = [];
  const changes: string[] = [];
  const tell = (fields: { why?: string }, text: string) => void told.push(fields.why ?? text);
  const logger = { ...silentLogger, info: tell, warn: tell } as unknown as Logger;
  const followed = await followFiles({
    setting: 'pair',
    paths: ['a', 'b'],
    make: ([a = '', b = '']) => {
      if (a.at(-1) !== b.at(-1)) throw new AgentError('config/invalid', 'b does not belong to a');
      return `${a} ${b}`;
    },
    onChange: (value) => changes.push(value),
    clock,
    logger,
    everyMs,
    read: async (path) => {
      const content = files.get(path);
      if (content === undefined) throw new Error(`no ${path}`);
      return content;
    },
  });
  return { clock, files, told, changes, followed };
}

test('what changed is used from the next look on', async () => {
  const { clock, files, followed, changes, told } = await started();
  files.set('a', 'a2').set('b', 'b2');
  expect(followed.current()).toBe('a1 b1');
  await clock.advance(1_000);
  expect(followed.current()).toBe('a2 b2');
  expect(changes).toEqual(['a2 b2']);
  expect(followed.state()).toEqual({ setting: 'pair', loadedAt: clock.now(), error: null });
  await clock.advance(10_000);
  expect(changes).toHaveLength(1);
  expect(told).toHaveLength(1);
});

test('a pair whose halves arrive one after another is no fault', async () => {
  const { clock, files, followed, told } = await started();
  files.set('a', 'a2');
  await clock.advance(1_000);
  expect(followed.current()).toBe('a1 b1');
  files.set('b', 'b2');
  await clock.advance(1_000);
  expect(followed.current()).toBe('a2 b2');
  expect(told).toEqual([expect.stringContaining('read again')]);
});

test.each<[string, (files: Map<string, string>) => unknown, string]>([
  ['a broken one', (files) => files.set('a', 'a2'), 'b does not belong to a'],
  ['one that is gone', (files) => files.delete('b'), 'pair: b cannot be read (no b)'],
])('%s leaves the former in use, is told once, and is over when it can be used again', async (_, harm, why) => {
  const { clock, files, followed, told, changes } = await started();
  harm(files);
  await clock.advance(10_000);
  expect(followed.current()).toBe('a1 b1');
  expect(followed.state().error).toBe(why);
  expect(told).toEqual([why]);
  files.set('a', 'a3').set('b', 'b3');
  await clock.advance(1_000);
  expect(followed.current()).toBe('a3 b3');
  expect(followed.state().error).toBeNull();
  expect(changes).toEqual(['a3 b3']);
});

test('back to what it was is no change, and no fault any more', async () => {
  const { clock, files, followed, changes } = await started();
  files.set('a', 'a2');
  await clock.advance(3_000);
  files.set('a', 'a1');
  await clock.advance(1_000);
  expect(followed.state().error).toBeNull();
  expect(changes).toEqual([]);
});

test('files that cannot be used at the start stop it; afterwards nothing looks any more', async () => {
  const { clock, followed } = await started();
  followed.stop();
  await clock.advance(5_000);
  expect(clock.pending).toBe(0);
  await expect(
    followFiles({ setting: 's', paths: ['/nowhere'], make: String, clock, logger: silentLogger }),
  ).rejects.toMatchObject({ code: 'config/unreadable' });
});

test('of files that cannot be read the first is named, whichever failed first', async () => {
  const failing = followFiles({
    setting: 'pair',
    paths: ['slow', 'fast'],
    make: () => null,
    clock: new FakeClock(),
    logger: silentLogger,
    read: async (path) => {
      if (path === 'slow') await new Promise(setImmediate);
      throw new Error(`no ${path}`);
    },
  });
  await expect(failing).rejects.toThrow('pair: slow cannot be read (no slow)');
});
