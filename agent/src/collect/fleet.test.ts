import { describe, expect, test } from '@jest/globals';
import { AgentError } from '../core/errors.ts';
import { createEventBus } from '../core/events.ts';
import { FakeClock } from '../core/fake-clock.fixture.ts';
import { silentLogger } from '../core/logger.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { SharedCluster } from '../domain/ownership.ts';
import type { ForwardPool, ForwardTarget } from '../kubectl/forward-pool.ts';
import { resolveContext } from '../kubectl/contexts.ts';
import type { StoredCluster, StoredHpa } from '../storage/store.ts';
import { Fleet } from './fleet.ts';

const LOCATION = { namespace: 'monitoring', service: 'prometheus-server', port: 9090, timeoutMs: 30_000 };
const configured = (name: string, context = `${name}-admin`): Cluster => ({
  name,
  reach: { kind: 'context', context },
  prometheus: LOCATION,
  source: 'config',
});

function rig({
  clusters = [] as Cluster[],
  stored = [] as StoredCluster[],
  lanes = [1001, 1002] as number[] | 'auto',
  shared = false,
} = {}) {
  const rows = new Map(stored.map((row) => [row.name, row]));
  const wanted = new Map<string, ForwardTarget>();
  const removed: number[] = [];
  const contexts = ['a-admin', 'b-admin', 'c-admin', 'd-admin', 'e-admin'];
  const events: string[] = [];
  const bus = createEventBus();
  bus.subscribe((event) => void (event.type === 'cluster' && events.push(`${event.cluster} ${event.change}`)));
  const unused = () => {
    throw new Error('not part of this test');
  };
  const pool: ForwardPool = {
    ensure: (target) => void wanted.set(target.cluster, target),
    release: async (name) => void wanted.delete(name),
    acquire: unused,
    rotate: unused,
    suspect: unused,
    list: unused,
    info: unused,
    stop: unused,
  };
  const freed: string[] = [];
  /** As another agent, or this one, finds the list in the database. */
  const list = (): SharedCluster[] => [
    ...clusters.map((cluster): SharedCluster => ({ ...cluster, createdAt: 0 })),
    ...[...rows.values()].flatMap(({ name, definition, createdAt }): SharedCluster[] =>
      definition !== null && 'context' in definition
        ? [{ name, reach: { kind: 'context', ...definition }, source: 'api', prometheus: null, createdAt }]
        : [],
    ),
  ];
  const fleet: Fleet = new Fleet({
    store: {
      listClusters: async () => [...rows.values()],
      saveCluster: async (row) => void rows.set(row.name, row),
      removeCluster: async (name) => void rows.delete(name),
      hpasOfCluster: async (name) => (name === 'a' ? [{ id: 7 } as StoredHpa] : []),
      removeHpa: async (id) => void removed.push(id),
    },
    pool,
    clock: new FakeClock(),
    events: bus,
    logger: silentLogger,
    configured: clusters,
    prometheus: LOCATION,
    lanes,
    contextFor: (name, context) =>
      resolveContext({ name, context }, { contexts, contextSuffix: '-admin', code: 'cluster/unknown' }),
    refreshContexts: async () => undefined,
    connect: unused,
    ...(shared && {
      shared: { refresh: async () => fleet.follow(list()), free: async (name: string) => void freed.push(name) },
    }),
  });
  return { fleet, freed, rows, wanted, removed, events, contexts };
}

const endpoints = (wanted: Map<string, ForwardTarget>) =>
  Object.fromEntries([...wanted].map(([name, { endpoint }]) => [name, `${endpoint.address}:${endpoint.port}`]));

describe('where clusters stand', () => {
  test('clusters of the settings get lanes in turn, each place its own address', async () => {
    const { fleet, wanted } = rig({ clusters: ['a', 'b', 'c'].map((name) => configured(name)) });
    await fleet.start();
    expect(fleet.lanes()).toEqual([['a', 'c'], ['b']]);
    expect(endpoints(wanted)).toEqual({ a: '127.0.0.1:1001', b: '127.0.0.1:1002', c: '127.0.0.2:1001' });
  });

  test('places outlive a restart, whatever the order of the settings', async () => {
    const stored = [
      { name: 'a', definition: null, lane: 1, place: 1, createdAt: 1 },
      { name: 'b', definition: null, lane: 0, place: 0, createdAt: 2 },
    ];
    const { fleet, wanted } = rig({ clusters: [configured('b'), configured('a')], stored });
    await fleet.start();
    expect(endpoints(wanted)).toEqual({ a: '127.0.0.2:1002', b: '127.0.0.1:1001' });
  });

  test('clusters added at run time come back; those taken out of the settings do not', async () => {
    const stored = [
      { name: 'a', definition: { context: 'a-admin' }, lane: 0, place: 0, createdAt: 1 },
      { name: 'gone', definition: null, lane: 1, place: 0, createdAt: 2 },
    ];
    const { fleet, rows } = rig({ stored });
    await fleet.start();
    expect(fleet.list().map(({ name, source }) => [name, source])).toEqual([['a', 'api']]);
    expect([...rows.keys()]).toEqual(['a']);
  });

  test('uneven lanes are evened at the start of a cycle: the newest moves', async () => {
    const { fleet, wanted } = rig();
    await fleet.start();
    for (const name of ['a', 'b', 'c', 'd', 'e']) await fleet.findOrAdd(name);
    await fleet.remove('b');
    await fleet.remove('d');
    expect(fleet.lanes()).toEqual([['a', 'c', 'e'], []]);
    fleet.evenOut();
    expect(fleet.lanes()).toEqual([['a', 'c'], ['e']]);
    expect(wanted.get('e')?.endpoint).toEqual({ address: '127.0.0.1', port: 1002 });
  });

  test('lanes: auto opens a lane when the cycle would pass a minute', async () => {
    const nine = Array.from({ length: 9 }, (_, i) => configured(`n${i}`));
    const { fleet } = rig({ clusters: nine, lanes: 'auto' });
    await fleet.start();
    expect(fleet.ports()).toEqual([55_553, 55_554, 55_555]);
    expect(Math.max(...fleet.lanes().map((lane) => lane.length))).toBe(3);
  });
});

describe('names', () => {
  test('names that resolve to one context are one cluster, under its first name', async () => {
    const { fleet, rows } = rig({ clusters: [configured('a')] });
    await fleet.start();
    expect((await fleet.findOrAdd('a-admin')).name).toBe('a');
    expect(fleet.find('a-admin')?.name).toBe('a');
    expect([...rows.keys()]).toEqual(['a']);
  });

  test('an unknown name is added where the kubeconfig has its context, and told', async () => {
    const { fleet, wanted, rows, events } = rig();
    await fleet.start();
    expect(await fleet.findOrAdd('b')).toMatchObject({
      name: 'b',
      reach: { kind: 'context', context: 'b-admin' },
      source: 'api',
    });
    expect(wanted.has('b')).toBe(true);
    expect(rows.get('b')).toMatchObject({ definition: { context: 'b-admin' }, lane: 0, place: 0 });
    expect(events).toEqual(['b added']);
  });

  test('a name without a context is refused with what there is, and nothing is kept', async () => {
    const { fleet, rows, contexts } = rig();
    await fleet.start();
    await expect(fleet.findOrAdd('nope')).rejects.toMatchObject({ code: 'cluster/unknown', details: { contexts } });
    expect(fleet.find('nope')).toBeNull();
    expect(rows.size).toBe(0);
  });

  test.each([
    ['the same name', { name: 'a' }],
    ['another name for its context', { name: 'other', context: 'a-admin' }],
  ])('a cluster is not added twice: %s', async (_, twin) => {
    const { fleet } = rig({ clusters: [configured('a')] });
    await fleet.start();
    await expect(fleet.add(twin)).rejects.toMatchObject({ code: 'cluster/exists' });
  });
});

describe('removing a cluster', () => {
  test('stops its HPAs, ends its forward and forgets it', async () => {
    const { fleet, wanted, rows, removed, events } = rig();
    await fleet.start();
    await fleet.findOrAdd('a');
    await fleet.remove('a');
    expect([removed, wanted.size, rows.size, fleet.has('a')]).toEqual([[7], 0, 0, false]);
    expect(events).toEqual(['a added', 'a removed']);
  });

  test.each([
    ['one of the settings', 'a', 'cluster/from-config'],
    ['an unknown one', 'x', 'cluster/not-found'],
  ])('%s is refused', async (_, name, code) => {
    const { fleet } = rig({ clusters: [configured('a')] });
    await fleet.start();
    await expect(fleet.remove(name)).rejects.toMatchObject({ code });
    await expect(fleet.remove(name)).rejects.toBeInstanceOf(AgentError);
  });
});

describe('where several agents share the list', () => {
  test('all of it is known, and only what is to be watched has a lane and a forward', async () => {
    const { fleet, wanted, rows } = rig({ clusters: [configured('a'), configured('b')], shared: true });
    await fleet.start();
    expect([fleet.list().map(({ name }) => name), fleet.lanes(), wanted.size]).toEqual([['a', 'b'], [[], []], 0]);
    await fleet.watch('b');
    expect([fleet.watches('a'), fleet.watches('b'), fleet.watchedNames(), [...wanted.keys()]]).toEqual([
      false,
      true,
      ['b'],
      ['b'],
    ]);
    // Lanes and places are each agent's own.
    expect(rows.size).toBe(0);
  });

  test('what is watched no longer stays known, with its HPAs', async () => {
    const { fleet, wanted, removed, events } = rig({ clusters: [configured('a')], shared: true });
    await fleet.start();
    await fleet.watch('a');
    await fleet.unwatch('a');
    expect([fleet.has('a'), fleet.watches('a'), wanted.size, removed, events]).toEqual([true, false, 0, [], []]);
  });

  test('one that is added is in the list before anybody watches it, and told once', async () => {
    const { fleet, rows, wanted, events } = rig({ shared: true });
    await fleet.start();
    expect((await fleet.findOrAdd('b')).name).toBe('b');
    expect([rows.get('b')?.definition, wanted.size, events]).toEqual([{ context: 'b-admin' }, 0, ['b added']]);
  });

  test('one that is removed is taken from its owner first', async () => {
    const { fleet, freed, rows, removed, events } = rig({ shared: true });
    await fleet.start();
    await fleet.findOrAdd('a');
    await fleet.remove('a');
    expect([freed, removed, rows.size, fleet.has('a')]).toEqual([['a'], [7], 0, false]);
    expect(events).toEqual(['a added', 'a removed']);
  });

  test('what other agents add, change and remove is followed; the own settings win', async () => {
    const { fleet, wanted, events } = rig({ clusters: [configured('a', 'mine')], shared: true });
    await fleet.start();
    const other = (name: string, context: string): SharedCluster => ({
      name,
      reach: { kind: 'context', context },
      source: 'config',
      prometheus: null,
      createdAt: 1,
    });
    fleet.follow([other('a', 'theirs'), other('x', 'x-1')]);
    await fleet.watch('x');
    expect([fleet.get('a').reach, fleet.get('x').prometheus]).toEqual([{ kind: 'context', context: 'mine' }, LOCATION]);
    fleet.follow([other('a', 'theirs'), other('x', 'x-2')]);
    expect(wanted.get('x')?.reach).toEqual({ kind: 'context', context: 'x-2' });
    fleet.follow([other('a', 'theirs')]);
    expect([fleet.has('x'), events]).toEqual([false, ['x added', 'x removed']]);
  });
});
