import { describe, expect, test } from '@jest/globals';
import type { EnrolResultView, HpaItem } from '@hpa-watch/agent/contract';
import { hpaKeyText } from '../../api/changed-list';
import { byNamespace, canTick, isWatched, rowsOf, searched, type Asked, type RowState } from './rows';
import { discoveredOf, watchedOf } from './rows.fixture';

const asked = (result: Partial<EnrolResultView> | null): Asked => ({
  at: 0,
  result: result as EnrolResultView | null,
});
const one = (item: HpaItem | null, was?: Asked) => {
  const key = hpaKeyText({ cluster: 'lab', namespace: 'shop', hpa: 'api' });
  const [row] = rowsOf({
    cluster: 'lab',
    discovered: [discoveredOf('shop', 'api')],
    watched: item === null ? [] : [item],
    asked: new Map(was === undefined ? [] : [[key, was]]),
    left: () => 12_000,
    watchedAt: 1_000,
  });
  if (row === undefined) throw new Error('no row');
  return row;
};

describe('where an HPA stands', () => {
  test.each<[string, HpaItem | null, Asked | undefined, RowState, boolean]>([
    ['found', null, undefined, { kind: 'found' }, true],
    ['asked for', null, asked(null), { kind: 'asked' }, false],
    ['enrolled, not yet in the list', null, asked({ outcome: 'created' }), { kind: 'asked' }, false],
    [
      'refused',
      null,
      asked({ outcome: 'failed', error: { code: 'hpa/not-found', message: 'No HPA api in shop' } }),
      { kind: 'refused', reason: 'No HPA api in shop' },
      true,
    ],
    [
      'queued',
      watchedOf('shop', 'api', { state: 'queued' }),
      asked({ outcome: 'created' }),
      { kind: 'collecting', isQueued: true, percent: 0, leftMs: 12_000 },
      false,
    ],
    [
      'collecting',
      watchedOf('shop', 'api', { state: 'running', progress: 42 }),
      undefined,
      { kind: 'collecting', isQueued: false, percent: 42, leftMs: 12_000 },
      false,
    ],
    [
      'ready',
      watchedOf('shop', 'api', { state: 'ready', coverage: 98 }),
      undefined,
      { kind: 'ready', coverage: 98 },
      false,
    ],
    [
      'partial',
      watchedOf('shop', 'api', { state: 'partial', coverage: 40, reason: 'too little' }),
      undefined,
      { kind: 'partial', coverage: 40, reason: 'too little' },
      false,
    ],
    [
      'failed',
      watchedOf('shop', 'api', { state: 'failed', reason: 'no' }),
      undefined,
      { kind: 'failed', reason: 'no' },
      false,
    ],
  ])('%s', (_, item, was, state, tickable) => {
    const row = one(item, was);
    expect(row.state).toEqual(state);
    expect(canTick(row)).toBe(tickable);
    expect(isWatched(row)).toBe(item !== null);
  });
});

const facts = { cluster: 'lab', watched: [], asked: new Map<string, Asked>(), watchedAt: 0, left: () => null };

test('what the cluster no longer shows but is watched stays in the list, and cannot be ticked', () => {
  const [row] = rowsOf({ ...facts, discovered: [], watched: [watchedOf('shop', 'old', { state: 'ready' })] });
  expect(row).toMatchObject({ hpa: 'old', found: null, state: { kind: 'ready' } });
  expect(row && canTick(row)).toBe(false);
});

test('what was enrolled and then stopped elsewhere can be ticked again', () => {
  const key = hpaKeyText({ cluster: 'lab', namespace: 'shop', hpa: 'api' });
  const was = new Map([[key, asked({ outcome: 'created' })]]);
  const rows = rowsOf({ ...facts, discovered: [discoveredOf('shop', 'api')], asked: was, watchedAt: 10_000 });
  expect(rows.map(({ state }) => state.kind)).toEqual(['found']);
});

test('where the cluster cannot be asked the watched ones are still shown', () => {
  const rows = rowsOf({ ...facts, discovered: null, watched: [watchedOf('shop', 'api', { state: 'ready' })] });
  expect(rows.map(({ hpa }) => hpa)).toEqual(['api']);
});

const many = rowsOf({
  ...facts,
  discovered: [discoveredOf('web', 'front'), discoveredOf('shop', 'cart'), discoveredOf('shop', 'api')],
});

test('rows stand by namespace and name', () => {
  expect(byNamespace(many).map(({ namespace, rows }) => [namespace, ...rows.map(({ hpa }) => hpa)])).toEqual([
    ['shop', 'api', 'cart'],
    ['web', 'front'],
  ]);
});

test.each([
  ['', ['api', 'cart', 'front']],
  ['SHOP/', ['api', 'cart']],
  ['shop car', ['cart']],
  ['deployment front', ['front']],
  ['nothing', []],
])('the search for "%s" finds %p', (text, names) => {
  expect(searched(many, text).map(({ hpa }) => hpa)).toEqual(names);
});
