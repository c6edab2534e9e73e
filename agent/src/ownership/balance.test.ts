import { describe, expect, test } from '@jest/globals';
import { DUTIES, isDuty, type AgentRecord, type ClusterLease, type SharedState } from '../domain/ownership.ts';
import { balance, planOwners } from './balance.ts';

const NOW = 1_000_000;
const LEASE_MS = 15_000;

const agent = (id: string, more: Partial<AgentRecord> = {}): AgentRecord => ({
  id,
  name: id,
  version: '1',
  url: null,
  home: id,
  startedAt: 0,
  seenAt: NOW,
  steadySince: 0,
  isLive: true,
  isDead: false,
  isLeaving: false,
  outOfReach: [],
  ...more,
});
const lease = (name: string, owner: string | null, more: Partial<ClusterLease> = {}): ClusterLease => ({
  name,
  owner,
  fence: 1,
  since: 0,
  promisedTo: null,
  ...more,
});
const state = (agents: AgentRecord[], names: string[], leases: ClusterLease[] = []): SharedState => ({
  now: NOW,
  agents,
  leases,
  clusters: names.map((name) => ({
    name,
    reach: { kind: 'context', context: name },
    source: 'config',
    prometheus: null,
    createdAt: 0,
  })),
  notices: [],
});
const ofClusters = (names: readonly string[]) => names.filter((name) => !isDuty(name));
const want = (from: SharedState, me: string) => {
  const { claim, promise, release } = balance(from, me, LEASE_MS);
  return { claim: ofClusters(claim), promise: promise.map(({ name, to }) => `${name} to ${to}`), release };
};

describe('what an agent claims', () => {
  test('alone, everything', () => {
    expect(balance(state([agent('a')], ['x', 'y']), 'a', LEASE_MS).claim).toEqual(['x', 'y', ...DUTIES]);
  });

  test('of what is free, its share: all agents together each thing once', () => {
    const from = state([agent('a'), agent('b'), agent('c')], ['1', '2', '3', '4', '5', '6', '7']);
    const claimed = ['a', 'b', 'c'].map((me) => want(from, me).claim);
    expect(claimed.flat().sort()).toEqual(['1', '2', '3', '4', '5', '6', '7']);
    expect(claimed.map(({ length }) => length)).toEqual([3, 2, 2]);
  });

  test('of a dead agent, its share; what the living have stays', () => {
    const from = state(
      [agent('a'), agent('b'), agent('dead', { isLive: false })],
      ['1', '2', '3', '4'],
      [lease('1', 'a'), lease('2', 'b'), lease('3', 'dead'), lease('4', 'dead')],
    );
    expect([want(from, 'a'), want(from, 'b')]).toEqual([
      { claim: ['3'], promise: [], release: [] },
      { claim: ['4'], promise: [], release: [] },
    ]);
  });

  test.each([
    ['who has just come waits for others that come with it', { startedAt: NOW - 500 }],
    ['who is about to stop takes nothing', { isLeaving: true }],
    ['who is dead itself takes nothing', { isLive: false }],
    ['what it cannot reach is none of it', { outOfReach: ['x'] }],
  ])('%s', (_, more) => {
    expect(want(state([agent('a', more)], ['x']), 'a').claim).toEqual([]);
  });

  test('after an outage of the database nobody is taken for dead at once; what nobody owns is taken', () => {
    const from = state(
      [agent('a', { steadySince: NOW - 1_000 }), agent('b', { isLive: false })],
      ['1', '2'],
      [lease('1', 'b'), lease('2', null)],
    );
    expect(want(from, 'a').claim).toEqual(['2']);
    expect(want({ ...from, now: NOW + LEASE_MS }, 'a').claim).toEqual(['1', '2']);
  });

  test('what a leaving agent still holds is not taken from it', () => {
    const from = state([agent('a'), agent('b', { isLeaving: true })], ['1'], [lease('1', 'b')]);
    expect(want(from, 'a').claim).toEqual([]);
  });
});

describe('what an agent gives away', () => {
  const two = state(
    [agent('a'), agent('b')],
    ['1', '2', '3', '4'],
    ['1', '2', '3', '4'].map((name) => lease(name, 'a', { since: Number(name) })),
  );

  test('what it has too many, the newest first, to the agent with the fewest', () => {
    expect(want(two, 'a').promise).toEqual(['3 to b', '4 to b']);
    expect(want(two, 'b')).toEqual({ claim: [], promise: [], release: [] });
  });

  test('a difference of one moves nothing', () => {
    const from = state([agent('a'), agent('b')], ['1', '2', '3'], [lease('1', 'a'), lease('2', 'a'), lease('3', 'b')]);
    expect(want(from, 'a').promise).toEqual([]);
  });

  test('what is promised counts as given, and is not promised anew', () => {
    const leases = two.leases.map((one) => (one.name < '3' ? one : { ...one, promisedTo: 'b' }));
    expect(want({ ...two, leases }, 'a').promise).toEqual([]);
  });

  test('a promise to an agent that died counts no longer', () => {
    const leases = two.leases.map((one) => (one.name < '3' ? one : { ...one, promisedTo: 'dead' }));
    expect(planOwners({ ...two, leases }).get('3')?.to).toBe('a');
  });

  test('nothing while others still arrive', () => {
    const agents = [agent('a'), agent('b'), agent('c', { startedAt: NOW - 500 })];
    expect(want({ ...two, agents }, 'a').promise).toEqual([]);
  });

  test('only to who can reach it', () => {
    const agents = [agent('a'), agent('b', { outOfReach: ['3', '4'] })];
    expect(want({ ...two, agents }, 'a').promise).toEqual(['1 to b', '2 to b']);
  });

  test('what is in the list no longer, and what it cannot reach any more, is put down', () => {
    const agents = [agent('a', { outOfReach: ['2'] })];
    expect(want({ ...state(agents, ['2', '3']), leases: two.leases.slice(0, 3) }, 'a').release).toEqual(['1', '2']);
  });
});

test('every agent comes to the same owners', () => {
  const agents = Array.from({ length: 9 }, (_, i) => agent(`agent-${i}`));
  const names = Array.from({ length: 40 }, (_, i) => `cluster-${i}`);
  const leases = names.map((name, i) => lease(name, `agent-${i % 4}`, { since: i }));
  const from = state(agents, names, leases);
  const shuffled = { ...from, agents: [...agents].reverse(), leases: [...leases].reverse() };
  expect([...planOwners(shuffled)]).toEqual([...planOwners(from)]);
});
