import { expect, test } from '@jest/globals';
import { storageError } from './faults.ts';

test.each([
  ['SQLITE_FULL', 'storage/full', true, /no space left for the database DB: free some/],
  ['SQLITE_BUSY_SNAPSHOT', 'storage/busy', true, /Another process holds the database DB: end it/],
  ['SQLITE_NOTADB', 'storage/corrupt', false, /DB is damaged/],
  ['SQLITE_READONLY_DBMOVED', 'storage/read-only', true, /DB cannot be written.*must belong to the user/],
  ['EACCES', 'storage/read-only', true, /DB cannot be written/],
  ['SQLITE_CONSTRAINT', 'storage/failed', false, /words/],
])('%s is told as %s, with what to do', (sqlite, code, retryable, says) => {
  const error = storageError(Object.assign(new Error('words'), { code: sqlite }), 'DB');
  expect(error).toMatchObject({ code, retryable, message: expect.stringMatching(says) });
});
