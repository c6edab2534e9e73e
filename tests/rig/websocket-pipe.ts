import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { BytePipe } from './spdy-session.ts';

const OPCODE = { binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** RFC 6455, section 4.2.2. */
export const acceptKey = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

/** The server side of a WebSocket whose binary frames are nothing but a byte stream. */
export type WebSocketPipe = BytePipe & {
  feed(chunk: Buffer, onBytes: (bytes: Buffer) => Promise<void>): Promise<void>;
};

export function webSocketPipe(socket: Duplex): WebSocketPipe {
  let rest: Buffer = Buffer.alloc(0);

  function send(opcode: number, payload: Buffer): boolean {
    if (socket.writableEnded || socket.destroyed) return true;
    socket.cork();
    socket.write(frameHead(opcode, payload.length));
    const room = socket.write(payload);
    socket.uncork();
    return room;
  }

  return {
    write: (bytes) => send(OPCODE.binary, bytes),
    end() {
      send(OPCODE.close, Buffer.from([3, 232]));
      socket.end();
    },
    async feed(chunk, onBytes) {
      rest = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      for (let frame = readFrame(rest); frame; frame = readFrame(rest)) {
        rest = rest.subarray(frame.size);
        if (frame.opcode <= OPCODE.binary) await onBytes(frame.payload);
        else if (frame.opcode === OPCODE.ping) send(OPCODE.pong, frame.payload);
        else if (frame.opcode === OPCODE.close) {
          send(OPCODE.close, frame.payload);
          socket.end();
        }
      }
    },
  };
}

function frameHead(opcode: number, length: number): Buffer {
  const first = 0x80 | opcode;
  if (length < 126) return Buffer.from([first, length]);
  if (length < 65_536) return Buffer.from([first, 126, length >> 8, length & 255]);
  const head = Buffer.alloc(10);
  head[0] = first;
  head[1] = 127;
  head.writeBigUInt64BE(BigInt(length), 2);
  return head;
}

function readFrame(bytes: Buffer): { opcode: number; payload: Buffer; size: number } | null {
  if (bytes.length < 2) return null;
  const opcode = bytes.readUInt8(0) & 15;
  const masked = (bytes.readUInt8(1) & 128) !== 0;
  let length = bytes.readUInt8(1) & 127;
  let at = 2;
  if (length === 126) {
    if (bytes.length < 4) return null;
    length = bytes.readUInt16BE(2);
    at = 4;
  } else if (length === 127) {
    if (bytes.length < 10) return null;
    length = Number(bytes.readBigUInt64BE(2));
    at = 10;
  }
  const maskAt = at;
  if (masked) at += 4;
  if (bytes.length < at + length) return null;
  const payload = Buffer.from(bytes.subarray(at, at + length));
  if (masked) for (let i = 0; i < length; i++) payload[i] = payload[i]! ^ bytes[maskAt + (i & 3)]!;
  return { opcode, payload, size: at + length };
}
