import { expect, test } from '@jest/globals';
import { HOUR } from '../core/clock.ts';
import type { AgentRecord, SharedState } from '../domain/ownership.ts';
import { agentStates } from './agent-states.ts';

const NOW = 10 * HOUR;
const agent = (id: string, more: Partial<AgentRecord> = {}): AgentRecord => ({
  id,
  name: id,
  version: '1',
  url: null,
  home: id,
  startedAt: 0,
  seenAt: NOW - 1_000,
  steadySince: 0,
  isLive: true,
  isDead: false,
  isLeaving: false,
  outOfReach: [],
  ...more,
});
const dead = { isLive: false, isDead: true };
const shared = (...agents: AgentRecord[]): SharedState => ({
  now: NOW,
  agents,
  leases: [
    { name: 'prod', owner: 'a', fence: 3, since: 5, promisedTo: null },
    { name: '*housekeeping', owner: 'a', fence: 1, since: 5, promisedTo: null },
    { name: 'lab', owner: null, fence: 7, since: 6, promisedTo: null },
  ],
  clusters: [],
  notices: [],
});
const self = { id: 'a', state: { kind: 'live' as const, since: 0 } };

test('what an agent watches and does for all', () => {
  expect(agentStates(shared(agent('a')), self)).toMatchObject([
    { name: 'a', clusters: [{ cluster: 'prod', since: 5, fence: 3 }], duties: ['housekeeping'] },
  ]);
});

test.each<[state: string, more: Partial<AgentRecord>]>([
  ['live', {}],
  ['leaving', { isLeaving: true }],
  ['silent', { isLive: false }],
  ['left', { ...dead, isLeaving: true }],
  ['lost', dead],
])('an agent is shown as %s', (state, more) => {
  expect(agentStates(shared(agent('b', more)), self)).toMatchObject([{ name: 'b', state }]);
});

test('of itself an agent knows better that the database does not answer', () => {
  const unsure = { id: 'a', state: { kind: 'unsure' as const, since: 1 } };
  expect(agentStates(shared(agent('a'), agent('b')), unsure).map(({ state }) => state)).toEqual(['unsure', 'live']);
});

test('one that is gone is shown for an hour, unless one of its name is back', () => {
  const gone = agent('b', dead);
  expect(agentStates(shared(gone), self)).toHaveLength(1);
  expect(agentStates(shared(agent('b', { ...dead, seenAt: NOW - 2 * HOUR })), self)).toEqual([]);
  expect(agentStates(shared(gone, agent('b2', { name: 'b' })), self).map(({ id }) => id)).toEqual(['b2']);
});
