import { describe, expect, test } from '@jest/globals';
import { createHostCheck } from './hosts.ts';

const check = createHostCheck({ listenHost: '0.0.0.0', allowedHosts: ['agent', '.agents.watch.svc'] });

describe('the host that a request names', () => {
  test.each([
    'agent',
    'agent:8085',
    'AGENT.',
    'hpa-watch-0.agents.watch.svc:8085',
    'a.b.Agents.Watch.svc.',
    'localhost',
  ])('%s is the agent', (host) => expect(check(host)).toBeUndefined());

  test.each([
    'agents.watch.svc',
    '.agents.watch.svc',
    'xagents.watch.svc',
    'agents.watch.svc.evil.example',
    'svc',
    'my.agent',
    '',
    undefined,
  ])('%s is not', (host) => expect(() => check(host)).toThrow(/does not answer for the host/));

  test.each(['', '.', '..'])('the ending %j lets nobody in', (ending) => {
    const narrow = createHostCheck({ listenHost: '127.0.0.1', allowedHosts: [ending] });
    for (const host of ['evil.example', 'evil.', 'a..']) expect(() => narrow(host)).toThrow(/does not answer/);
  });
});
