import { afterEach, describe, expect, test } from '@jest/globals';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { startEngine, type Engine } from './engine.ts';

let engine: Engine | undefined;
afterEach(async () => {
  await engine?.stop(0);
});

function rig(lanes: string[][], scanMs = 0) {
  const clock = new FakeClock();
  const t0 = clock.now();
  const scans: [cluster: string, atSecond: number][] = [];
  const aborted: string[] = [];
  const state = { lanes, cycles: 0 };
  engine = startEngine({
    clock,
    slotMs: null,
    lanes: () => state.lanes,
    onCycle: () => void state.cycles++,
    openSlot: async () => undefined,
    scan: (cluster, signal) => {
      const startedAt = clock.now();
      scans.push([cluster, (startedAt - t0) / 1_000]);
      return new Promise((resolve) => {
        const cancel = clock.after(scanMs, resolve);
        signal.addEventListener('abort', () => {
          cancel();
          aborted.push(cluster);
          resolve();
        });
      });
    },
  });
  return { clock, scans, aborted, state, engine };
}

describe('slots pass one after another', () => {
  test('four clusters: two at a time, each once in 50 s', async () => {
    const { clock, scans } = rig([
      ['a', 'c'],
      ['b', 'd'],
    ]);
    await clock.advance(99_000);
    expect(scans).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 25],
      ['d', 25],
      ['a', 50],
      ['b', 50],
      ['c', 75],
      ['d', 75],
    ]);
  });

  test('one cluster alone is scanned on every pass of its single slot', async () => {
    const { clock, scans } = rig([['a'], []]);
    await clock.advance(95_000);
    expect(scans.map(([, at]) => at)).toEqual([0, 30, 60, 90]);
  });

  test('no clusters is idle until one comes, which is scanned at once', async () => {
    const { clock, scans, state, engine } = rig([[], []]);
    await clock.advance(300_000);
    expect(engine.view().turn).toBeNull();
    state.lanes = [['a'], []];
    engine.refresh();
    await clock.advance(0);
    expect(scans).toEqual([['a', 300]]);
  });

  test('a change takes effect at the next boundary and starts a new cycle there', async () => {
    const { clock, scans, state, engine } = rig([['a'], ['b']]);
    await clock.advance(10_000);
    state.lanes = [['a', 'c'], ['b']];
    engine.refresh();
    await clock.advance(15_000);
    expect(scans).toHaveLength(2);
    await clock.advance(40_000);
    expect(scans.slice(2)).toEqual([
      ['a', 30],
      ['b', 30],
      ['c', 55],
    ]);
  });
});

describe('many clusters of one slot begin one after another', () => {
  const lanesOf = (count: number): string[][] => Array.from({ length: count }, (_, i) => [String(i)]);

  test('two at once, two more every 40 ms', async () => {
    const { clock, scans } = rig(lanesOf(6));
    await clock.advance(1_000);
    expect(scans.map(([, at]) => at)).toEqual([0, 0, 0.04, 0.04, 0.08, 0.08]);
  });

  test('a thousand of them within a fifth of the slot', async () => {
    const { clock, scans, engine } = rig(lanesOf(1_000));
    await clock.advance(engine.view().plan.slotMs / 5);
    expect(scans).toHaveLength(1_000);
  });

  test.each<[string, (engine: Engine) => Promise<void>]>([
    ['that is dropped before its turn', (engine) => engine.drop('5')],
    ['of an agent that stops', (engine) => engine.stop(1_000)],
  ])('one %s is not begun', async (_, end) => {
    const { clock, scans, engine } = rig(lanesOf(6));
    await clock.advance(10);
    const ended = end(engine);
    await clock.advance(1_000);
    await ended;
    expect(scans.map(([cluster]) => cluster)).not.toContain('5');
  });
});

describe('an overrun', () => {
  test('is cut at the end of the slot and delays nobody', async () => {
    const { clock, scans, aborted } = rig([['a', 'b'], []], 40_000);
    await clock.advance(60_000);
    expect(scans).toEqual([
      ['a', 0],
      ['b', 25],
      ['a', 50],
    ]);
    expect(aborted).toEqual(['a', 'b']);
  });
});

describe('clocks that misbehave', () => {
  test('an hour asleep skips turns and goes on without a burst', async () => {
    const { clock, scans } = rig([['a', 'c'], []]);
    await clock.advance(1_000);
    const before = scans.length;
    clock.jump(3_600_000);
    await clock.advance(1_000);
    expect(scans.length - before).toBeLessThanOrEqual(1);
    await clock.advance(50_000);
    expect(scans.length - before).toBeLessThanOrEqual(3);
    expect(scans.length).toBeGreaterThan(before + 1);
  });

  test('an hour back lays the slots anew from now', async () => {
    const { clock, scans } = rig([['a', 'c'], []]);
    await clock.advance(10_000);
    clock.jump(-3_600_000);
    await clock.advance(80_000);
    expect(scans.length).toBeGreaterThanOrEqual(3);
  });
});

test('stop lets a running scan finish within the grace time and aborts it after', async () => {
  const { clock, aborted, engine } = rig([['a'], []], 10_000);
  await clock.advance(1_000);
  const stopping = engine.stop(1_000);
  await clock.advance(999);
  expect(aborted).toEqual([]);
  await clock.advance(1);
  await stopping;
  expect(aborted).toEqual(['a']);
  await clock.advance(120_000);
  expect(engine.view().running.size).toBe(0);
});

describe('a cluster that came or goes between its turns', () => {
  test('is scanned at once, beside the slots, and not a second time while that runs', async () => {
    const { clock, scans, engine } = rig([['a', 'b']], 7_000);
    await clock.advance(1_000);
    const done = engine.scanNow('b');
    await engine.scanNow('b');
    await clock.advance(10_000);
    await done;
    expect(scans).toEqual([
      ['a', 0],
      ['b', 1],
    ]);
  });

  test('has the time of a slot for that', async () => {
    const { clock, aborted, engine } = rig([[]], 60_000);
    const done = engine.scanNow('b');
    await clock.advance(30_000);
    await done;
    expect(aborted).toEqual(['b']);
  });

  test('dropped, its scan is aborted, and whoever dropped it waits for the end of that; others go on', async () => {
    const { clock, aborted, engine } = rig([['a'], ['b']], 7_000);
    await clock.advance(1_000);
    await engine.drop('a');
    expect([aborted, [...engine.view().running.keys()]]).toEqual([['a'], ['b']]);
    await engine.drop('never there');
  });
});
