import { afterAll, afterEach, describe, expect, jest, test } from '@jest/globals';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '../../core/logger.ts';
import { openJournal, type Journal } from './journal.ts';

const root = mkdtempSync(join(tmpdir(), 'hpa-watch-journal-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let dirs = 0;
const newDir = (): string => join(root, String((dirs += 1)));
const opened: Journal[] = [];
/** What a crash would have ended stays open until its test is over: closing it writes nothing. */
afterEach(async () => {
  for (const journal of opened.splice(0)) await journal.close();
});
const open = async (dir: string, more = {}): Promise<Journal> => {
  const journal = await openJournal({ dir, maxBytes: 1_000_000, segmentBytes: 400, logger: silentLogger, ...more });
  opened.push(journal);
  return journal;
};
const files = (dir: string): string[] => readdirSync(dir).sort();
const bodies = async (journal: Journal): Promise<string[]> => {
  const texts: string[] = [];
  for (const batch of journal.waiting()) texts.push(`${batch.cluster}:${(await journal.read(batch)).toString()}`);
  return texts;
};
const filled = async (dir: string, count: number, cluster = 'prod'): Promise<Journal> => {
  const journal = await open(dir);
  for (let i = 0; i < count; i += 1) await journal.append(cluster, Buffer.from(`${i}`.padStart(100, '.')));
  return journal;
};
const numbers = async (journal: Journal): Promise<number[]> =>
  (await bodies(journal)).map((text) => Number(text.replace(/^.*[.:]/, '')));

/** What all open files are made of; Node has no name for it. */
async function fileHandles(dir: string): Promise<FileHandle> {
  const file = await openFile(join(dir, files(dir)[0]!), 'r');
  await file.close();
  return Object.getPrototypeOf(file) as FileHandle;
}

describe('what waits on the disk', () => {
  test('is found again in the order of writing, over several files', async () => {
    const dir = newDir();
    const journal = await filled(dir, 10);
    expect(files(dir).length).toBeGreaterThan(2);
    expect(await numbers(journal)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await journal.close();
    expect(await numbers(await open(dir))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test('leaves nothing behind once it is done', async () => {
    const dir = newDir();
    const journal = await filled(dir, 10);
    await journal.done(journal.waiting().slice(0, 7));
    expect(await numbers(journal)).toEqual([7, 8, 9]);
    expect(files(dir).length).toBeLessThan(4);
    await journal.done(journal.waiting());
    expect([files(dir), journal.bytes()]).toEqual([[], 0]);
    await journal.append('prod', Buffer.from('next'));
    expect(await bodies(await open(dir))).toEqual(['prod:next']);
  });

  test('of a crash in the middle some is found again that was done, and nothing is missing', async () => {
    const dir = newDir();
    const journal = await filled(dir, 10);
    await journal.done(journal.waiting().slice(0, 5));
    const again = await numbers(await open(dir));
    expect(again.slice(-5)).toEqual([5, 6, 7, 8, 9]);
    expect(again).toEqual(again.toSorted((a, b) => a - b));
  });

  test('what was dropped does not come back with a crash, and what came after it stays', async () => {
    const dir = newDir();
    const journal = await open(dir);
    for (const body of ['1', '2'])
      for (const cluster of ['lost', 'ours']) await journal.append(cluster, Buffer.from(body));
    expect(await journal.drop('lost')).toBe(2);
    await journal.append('lost', Buffer.from('3'));
    const expected = ['ours:1', 'ours:2', 'lost:3'];
    expect(await bodies(journal)).toEqual(expected);
    expect(await bodies(await open(dir))).toEqual(expected);
  });
});

describe('when there is no room', () => {
  test('a batch is refused whole, and fits again when others are done', async () => {
    const dir = newDir();
    const journal = await open(dir, { maxBytes: 700 });
    for (let i = 0; i < 5; i += 1) await journal.append('prod', Buffer.alloc(100));
    await expect(journal.append('prod', Buffer.alloc(200))).rejects.toMatchObject({
      code: 'storage/full',
      retryable: true,
    });
    expect(journal.waiting()).toHaveLength(5);
    expect((await open(dir)).waiting()).toHaveLength(5);
    await journal.done(journal.waiting());
    await journal.append('prod', Buffer.alloc(200));
    expect(journal.waiting()).toHaveLength(1);
  });

  test('a file that got no beginning does not stay, and what follows is found after a crash', async () => {
    const dir = newDir();
    const journal = await filled(dir, 1);
    const file = await fileHandles(dir);
    await journal.done(journal.waiting());
    const write = jest.spyOn(file, 'write').mockRejectedValueOnce(new Error('ENOSPC: no space left'));
    await expect(journal.append('prod', Buffer.from('1'))).rejects.toMatchObject({ code: 'storage/full' });
    const [unbegun] = write.mock.contexts as FileHandle[];
    write.mockRestore();
    expect([unbegun?.fd, files(dir)]).toEqual([-1, []]);
    await journal.append('prod', Buffer.from('2'));
    expect(await numbers(await open(dir))).toEqual([2]);
  });

  test('a directory that is gone is a full one, not a crash', async () => {
    const dir = newDir();
    const journal = await open(dir);
    rmSync(dir, { recursive: true });
    await expect(journal.append('prod', Buffer.alloc(10))).rejects.toMatchObject({ code: 'storage/full' });
  });
});

test('once it is closed, a scan that comes late is refused, and no file is opened for it', async () => {
  const dir = newDir();
  const journal = await filled(dir, 6);
  const before = files(dir);
  await journal.close();
  await expect(journal.append('prod', Buffer.from('late'))).rejects.toMatchObject({ code: 'storage/closed' });
  expect(files(dir)).toEqual(before);
});

describe('after the machine ended', () => {
  const last = (dir: string): string => join(dir, files(dir).at(-1)!);

  test.each<[string, (path: string) => void]>([
    ['a torn batch', (path) => truncateSync(path, readFileSync(path).length - 30)],
    ['a torn head', (path) => appendFileSync(path, Buffer.from([9, 0]))],
    ['zeros', (path) => appendFileSync(path, Buffer.alloc(500))],
    ['a length beyond the end', (path) => appendFileSync(path, Buffer.alloc(64, 255))],
  ])('%s at the end is passed over, and what is written next is found', async (_, spoil) => {
    const dir = newDir();
    await (await filled(dir, 6)).close();
    spoil(last(dir));
    const journal = await open(dir);
    const kept = await numbers(journal);
    expect([5, 6]).toContain(kept.length);
    expect(kept).toEqual([0, 1, 2, 3, 4, 5].slice(0, kept.length));
    await journal.append('prod', Buffer.from('9'));
    await journal.close();
    expect(await numbers(await open(dir))).toEqual([...kept, 9]);
  });

  test('what follows damage in the middle is not used: its cursors would pass over what is lost', async () => {
    const dir = newDir();
    await (await filled(dir, 10)).close();
    const [first = ''] = files(dir);
    const bytes = readFileSync(join(dir, first));
    bytes[bytes.length - 5]! ^= 0xff;
    writeFileSync(join(dir, first), bytes);
    const journal = await open(dir);
    const kept = await numbers(journal);
    expect(kept.length).toBeLessThan(4);
    expect(kept).toEqual([0, 1, 2, 3].slice(0, kept.length));
    await journal.append('prod', Buffer.from('9'));
    expect(await numbers(await open(dir))).toEqual([...kept, 9]);
  });

  test('a file of another format is not read', async () => {
    const dir = newDir();
    await (await filled(dir, 1)).close();
    const path = last(dir);
    writeFileSync(path, Buffer.concat([Buffer.from('HPAWBUF9'), readFileSync(path).subarray(8)]));
    expect((await open(dir)).waiting()).toEqual([]);
  });

  test('a batch that the disk no longer gives back is told', async () => {
    const dir = newDir();
    const journal = await filled(dir, 1);
    const path = last(dir);
    const bytes = readFileSync(path);
    bytes[40]! ^= 1;
    writeFileSync(path, bytes);
    await expect(journal.read(journal.waiting()[0]!)).rejects.toMatchObject({ code: 'storage/corrupt' });
  });
});
