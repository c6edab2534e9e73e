import { crc32 } from 'node:zlib';

/**
 * One record as it stands in a file: length of what follows the head and its CRC-32 (both 32 bits, little endian), then kind (8 bits), length of the cluster's
 * name (16 bits), the name, the body.
 */
export type Frame = { kind: FrameKind; cluster: string; body: Buffer };

/** `drop`: what was written before for this cluster is not to be used any more. */
export type FrameKind = 'samples' | 'drop';

export type FrameAt = { kind: FrameKind; cluster: string; offset: number; length: number };

/** Begins each file, and names the format: what an agent of another one wrote is not read. */
export const MAGIC = Buffer.from('HPAWBUF1');

const HEAD = 8;
const KINDS: readonly FrameKind[] = ['samples', 'drop'];
const LONGEST = 2 ** 30;

export function encodeFrame({ kind, cluster, body }: Frame): Buffer {
  const name = Buffer.from(cluster);
  const frame = Buffer.alloc(HEAD + 3 + name.length + body.length);
  frame.writeUInt32LE(frame.length - HEAD, 0);
  frame.writeUInt8(KINDS.indexOf(kind), HEAD);
  frame.writeUInt16LE(name.length, HEAD + 1);
  name.copy(frame, HEAD + 3);
  body.copy(frame, HEAD + 3 + name.length);
  frame.writeUInt32LE(crc32(frame.subarray(HEAD)), 4);
  return frame;
}

/** @throws where the bytes are not those that were written */
export function decodeFrame(frame: Buffer): Frame {
  const kind = frame.length >= HEAD + 3 ? KINDS[frame.readUInt8(HEAD)] : undefined;
  if (
    kind === undefined ||
    frame.readUInt32LE(0) !== frame.length - HEAD ||
    frame.readUInt32LE(4) !== crc32(frame.subarray(HEAD))
  )
    throw new Error('what is buffered was damaged');
  const end = HEAD + 3 + frame.readUInt16LE(HEAD + 1);
  return { kind, cluster: frame.toString('utf8', HEAD + 3, end), body: frame.subarray(end) };
}

/** All whole frames of a file from its beginning; `end`: where they end, short of the file's end where the rest is torn or damaged. */
export function framesIn(file: Buffer): { frames: FrameAt[]; end: number } {
  const frames: FrameAt[] = [];
  if (!file.subarray(0, MAGIC.length).equals(MAGIC)) return { frames, end: 0 };
  let offset = MAGIC.length;
  while (offset + HEAD <= file.length) {
    const length = HEAD + file.readUInt32LE(offset);
    if (length > LONGEST || offset + length > file.length) break;
    try {
      const { kind, cluster } = decodeFrame(file.subarray(offset, offset + length));
      frames.push({ kind, cluster, offset, length });
    } catch {
      break;
    }
    offset += length;
  }
  return { frames, end: offset };
}
