import { expect, test } from '@jest/globals';
import { storageError } from './faults.ts';

const thrown = (code: string) => Object.assign(new Error('text of SQLite'), { code });

test.each([
  ['SQLITE_FULL', 'storage/full', true, 'free some on its disk'],
  ['SQLITE_IOERR_SHMSIZE', 'storage/full', true, 'free some on its disk'],
  ['ENOSPC', 'storage/full', true, 'free some on its disk'],
  ['SQLITE_BUSY', 'storage/busy', true, 'fuser /d/m.db'],
  ['SQLITE_BUSY_SNAPSHOT', 'storage/busy', true, 'by itself once the lock is gone'],
  ['SQLITE_READONLY_DBMOVED', 'storage/read-only', true, 'must belong to the user the agent runs as'],
  ['SQLITE_CANTOPEN', 'storage/read-only', true, 'must belong to the user the agent runs as'],
  ['EACCES', 'storage/read-only', true, 'must belong to the user the agent runs as'],
  ['EROFS', 'storage/read-only', true, 'not mounted read-only'],
  ['SQLITE_CORRUPT_INDEX', 'storage/corrupt', false, 'sets it aside and begins a new one'],
  ['SQLITE_NOTADB', 'storage/corrupt', false, 'sets it aside and begins a new one'],
  ['SQLITE_IOERR_WRITE', 'storage/failed', true, 'log of the system'],
  ['SQLITE_MISUSE', 'storage/failed', false, 'text of SQLite'],
])('%s is told as %s, with the file and what a person has to do', (code, expected, retryable, text) => {
  const error = storageError(thrown(code), '/d/m.db');
  expect(error).toMatchObject({ code: expected, retryable });
  expect(error.message).toContain('/d/m.db');
  expect(error.message).toContain(text);
});
