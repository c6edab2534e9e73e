import { describe, expect, jest, test } from '@jest/globals';
import type { HpaItem, HpaListAnswer } from '@hpa-watch/agent/contract';
import { applyChanges, readHpas } from './changed-list';

type Item = { id: string; value: number };
const item = (id: string, value = 0): Item => ({ id, value });
const apply = (before: Item[], changed: Item[], removed: string[]) =>
  applyChanges(before, changed, removed, ({ id }) => id);

describe('changes to a list', () => {
  test.each([
    ['a changed one keeps its place', [item('b', 9)], [], [item('a'), item('b', 9), item('c')]],
    ['a new one comes last', [item('d')], [], [item('a'), item('b'), item('c'), item('d')]],
    ['a removed one goes', [], ['b', 'never-had'], [item('a'), item('c')]],
    ['one that came back stays', [item('b', 1)], ['b'], [item('a'), item('b', 1), item('c')]],
    ['nothing changed', [], [], [item('a'), item('b'), item('c')]],
  ])('%s', (_, changed, removed, expected) => {
    expect(apply([item('a'), item('b'), item('c')], changed, removed)).toEqual(expected);
  });

  test('no news is the very same list, so that nothing is drawn anew', () => {
    const before = [item('a')];
    expect(apply(before, [], [])).toBe(before);
  });
});

const hpa = (name: string) => ({ cluster: 'lab', namespace: 'shop', hpa: name }) as HpaItem;
const answer = (names: string[], change: Partial<HpaListAnswer> = {}): HpaListAnswer => ({
  status: 'success',
  hpas: names.map(hpa),
  removed: [],
  revision: 'r.1',
  full: true,
  total: names.length,
  next_cursor: null,
  ...change,
});

describe('a list of HPAs', () => {
  test('is read to its last page', async () => {
    const hpas = jest.fn(async ({ cursor }: Record<string, unknown> = {}) =>
      cursor === undefined ? answer(['a', 'b'], { next_cursor: 'more', total: 3 }) : answer(['c'], { revision: 'r.2' }),
    );
    const list = await readHpas({ hpas }, { cluster: 'lab' }, null);
    expect(list.items.map((one) => one.hpa)).toEqual(['a', 'b', 'c']);
    expect(list).toMatchObject({ revision: 'r.1', total: 3 });
    expect(hpas).toHaveBeenNthCalledWith(2, { cluster: 'lab', limit: 1_000, cursor: 'more' }, undefined);
  });

  test('asks only for what changed, and takes it over', async () => {
    const hpas = jest.fn(async (_query?: unknown) =>
      answer(['c'], { full: false, removed: [{ cluster: 'lab', namespace: 'shop', hpa: 'a' }], revision: 'r.2' }),
    );
    const before = { items: ['a', 'b'].map(hpa), revision: 'r.1', total: 2 };
    const list = await readHpas({ hpas }, {}, before);
    expect(list.items.map((one) => one.hpa)).toEqual(['b', 'c']);
    expect(hpas).toHaveBeenCalledWith({ limit: 1_000, since: 'r.1' }, undefined);
  });

  test('is replaced where the agent was started anew', async () => {
    const hpas = async () => answer(['z'], { revision: 'q.1' });
    const before = { items: ['a'].map(hpa), revision: 'r.9', total: 1 };
    expect((await readHpas({ hpas }, {}, before)).items.map((one) => one.hpa)).toEqual(['z']);
  });
});
