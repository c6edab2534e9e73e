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

const sound = { rebuilt: null, credentials: [credential] };
const away = { since: Date.UTC(2026, 0, 6), reason: 'The database db:5432 cannot be reached (ECONNREFUSED).' };
const buffer = (isFull: boolean, gone: typeof away | null = away) => ({
  away: gone,
  batches: 3,
  bytes: 900,
  maxBytes: 1_000,
  isFull,
});

test('an agent that is sound has nothing to say', () => {
  expect(noticesOf({ ...sound, buffer: null })).toEqual([]);
  expect(noticesOf({ ...sound, buffer: buffer(false, null) })).toEqual([]);
});

test('a database that was replaced is told of with where the damaged one is, a credential by its setting', () => {
  const credentials = [credential, { ...credential, error: 'no certificate in it' }];
  expect(noticesOf({ rebuilt, credentials, buffer: null })).toEqual([
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

test.each([
  [false, 'database/away', 'Scans go on: what they bring is kept on the disk of the agent'],
  [true, 'database/buffer-full', 'full (database.bufferMib): clusters are not scanned'],
])(
  'a database that is away is told of before the rest, with since when and why; its buffer full: %s',
  (isFull, code, goesOn) => {
    const notices = noticesOf({ ...sound, rebuilt, buffer: buffer(isFull) });
    expect(notices.map((notice) => notice.code)).toEqual([code, 'database/rebuilt']);
    expect(notices[0]).toMatchObject({
      since: '2026-01-06T00:00:00.000Z',
      message: expect.stringContaining(away.reason),
    });
    expect(notices[0]?.message).toContain(goesOn);
  },
);
