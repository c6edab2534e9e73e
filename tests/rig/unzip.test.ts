import { deflateRawSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { unzipOne } from './unzip.ts';

/** A zip archive of one file: local header, content, central directory, its end. */
function zipOf(name: string, content: Buffer, method: 0 | 8 | 12): Buffer {
  const body = method === 8 ? deflateRawSync(content) : content;
  const local = Buffer.alloc(30);
  local.writeUInt16LE(name.length, 26);
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(0x02014b50, 0);
  entry.writeUInt16LE(method, 10);
  entry.writeUInt32LE(body.length, 20);
  entry.writeUInt16LE(name.length, 28);
  const before = Buffer.concat([local, Buffer.from(name), body]);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(before.length, 16);
  return Buffer.concat([before, entry, Buffer.from(name), end]);
}

const CONTENT = Buffer.from('kubectl '.repeat(1_000));

test.each([0, 8] as const)('a file compressed by method %i comes out whole', (method) => {
  expect(unzipOne(zipOf('kubectl/kubectl', CONTENT, method), 'kubectl/kubectl')).toEqual(CONTENT);
});

test.each([
  ['another file', zipOf('other', CONTENT, 8), /no file kubectl/],
  ['another compression', zipOf('kubectl', CONTENT, 12), /method 12/],
  ['no archive', Buffer.from('x'.repeat(100)), /not a zip archive/],
])('%s is refused', (_, archive, message) => expect(() => unzipOne(archive, 'kubectl')).toThrow(message));
