import { expect, test } from '@jest/globals';
import type { ClusterRequest } from '@hpa-watch/agent/contract';
import { AgentProblem } from '../../api/problem';
import { contextsOf, EMPTY_FORM, requestOf, withContext, type ClusterForm } from './cluster-form';

test.each<[string, Partial<ClusterForm>, ClusterRequest | null]>([
  ['nothing yet', {}, null],
  ['only spaces', { name: '  ' }, null],
  ['a name', { name: ' lab ' }, { name: 'lab' }],
  ['a name and a context', { name: 'lab', context: 'lab-admin' }, { name: 'lab', context: 'lab-admin' }],
  ['an address without a name', { way: 'address', address: 'http://127.0.0.1:9090' }, null],
  ['a name without its address', { way: 'address', name: 'lab' }, null],
  [
    'an address; the context typed before is left out',
    { way: 'address', name: 'lab', context: 'old', address: 'http://127.0.0.1:9090' },
    { name: 'lab', prometheus_url: 'http://127.0.0.1:9090' },
  ],
])('a form with %s', (_, form, request) => {
  expect(requestOf({ ...EMPTY_FORM, ...form })).toEqual(request);
});

test.each<[string, unknown, string[]]>([
  ['lists contexts', { contexts: ['a', 'b'] }, ['a', 'b']],
  ['lists something else too', { contexts: ['a', 7, null] }, ['a']],
  ['has no details', null, []],
  ['has other details', { field: 'name' }, []],
])('a refusal that %s offers %p', (_, details, contexts) => {
  expect(contextsOf(new AgentProblem('not-found', '', 'cluster/unknown', details))).toEqual(contexts);
});

test('a chosen context names a cluster that has no name', () => {
  expect(withContext(EMPTY_FORM, 'prod-admin')).toMatchObject({ name: 'prod-admin', context: 'prod-admin' });
  expect(withContext({ ...EMPTY_FORM, name: 'prod' }, 'prod-admin')).toMatchObject({ name: 'prod' });
});
