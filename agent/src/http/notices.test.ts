import { expect, test } from '@jest/globals';
import { noticesOf } from './notices.ts';

const credential = { setting: 'tls.cert', loadedAt: 0, expiresAt: null, error: null };
const rebuilt = {
  at: Date.UTC(2026, 0, 5),
  reason: 'malformed',
  keptAs: '/data/monitoring.db.damaged-1',
  clusters: 1,
  hpas: 2,
  samples: 3,
  anomalies: 4,
  incomplete: [],
};

test('an agent that is sound has nothing to say', () => {
  expect(noticesOf(null, [credential])).toEqual([]);
});

test('a database that was replaced is told of with where the damaged one is, a credential by its setting', () => {
  expect(noticesOf(rebuilt, [credential, { ...credential, error: 'no certificate in it' }])).toEqual([
    {
      code: 'database/rebuilt',
      since: '2026-01-05T00:00:00.000Z',
      message: expect.stringContaining('/data/monitoring.db.damaged-1'),
    },
    {
      code: 'credential/not-used',
      since: null,
      message: expect.stringContaining(
        'tls.cert holds now is not used, what was read before stays in use: no certificate',
      ),
    },
  ]);
});
