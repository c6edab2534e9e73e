import { constants, createInflate } from 'node:zlib';
import { SPDY_DICTIONARY } from './spdy-dictionary.ts';

/** Where the bytes of a session go: a socket, or the binary frames of a WebSocket. */
export type BytePipe = {
  /** false: the other side is slower; wait for the socket's `drain`. */
  write(bytes: Buffer): boolean;
  end(): void;
};

export type SpdyHandlers = {
  onStream(id: number, headers: Record<string, string>): void;
  onData(id: number, bytes: Buffer, fin: boolean): void;
  onReset(id: number): void;
  onGoaway(): void;
};

const CONTROL = { synStream: 1, synReply: 2, reset: 3, ping: 6, goaway: 7, headers: 8 } as const;
const FIN = 1;
const MAX_FRAME = 0xffffff;

/** The server side of the subset of SPDY/3.1 that moby/spdystream speaks: no flow control, no priorities. */
export class SpdySession {
  closed = false;
  readonly #pipe: BytePipe;
  readonly #handlers: SpdyHandlers;
  readonly #inflate = createInflate({ dictionary: SPDY_DICTIONARY, flush: constants.Z_SYNC_FLUSH });
  readonly #inflated: Buffer[] = [];
  #repliedBefore = false;
  #rest: Buffer = Buffer.alloc(0);

  constructor(pipe: BytePipe, handlers: SpdyHandlers) {
    this.#pipe = pipe;
    this.#handlers = handlers;
    this.#inflate.on('data', (bytes: Buffer) => this.#inflated.push(bytes));
    this.#inflate.on('error', () => pipe.end());
  }

  /** Awaited by the reader: that keeps frames in order and the sender from running ahead. */
  async push(chunk: Buffer): Promise<void> {
    let bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    while (bytes.length >= 8) {
      const length = bytes.readUInt32BE(4) & MAX_FRAME;
      if (bytes.length - 8 < length) break;
      const first = bytes.readUInt32BE(0);
      const flags = bytes.readUInt8(4);
      const body = bytes.subarray(8, 8 + length);
      bytes = bytes.subarray(8 + length);
      if (first & 0x80000000) await this.#control(first & 0xffff, body);
      else this.#handlers.onData(first, body, (flags & FIN) !== 0);
    }
    this.#rest = bytes;
  }

  async #control(type: number, body: Buffer): Promise<void> {
    const id = body.length >= 4 ? body.readUInt32BE(0) & 0x7fffffff : 0;
    if (type === CONTROL.synStream) this.#handlers.onStream(id, await this.#readHeaders(body.subarray(10)));
    else if (type === CONTROL.reset) this.#handlers.onReset(id);
    else if (type === CONTROL.ping && id % 2 === 1) this.#sendControl(CONTROL.ping, Buffer.from(body));
    else if (type === CONTROL.goaway) this.#handlers.onGoaway();
    // Not of interest, but the state of the decompressor runs through every header block.
    else if (type === CONTROL.headers) await this.#readHeaders(body.subarray(4));
  }

  async #readHeaders(block: Buffer): Promise<Record<string, string>> {
    await new Promise<void>((resolve, reject) =>
      this.#inflate.write(block, (error) => (error ? reject(error) : resolve())),
    );
    const bytes = Buffer.concat(this.#inflated.splice(0));
    const headers: Record<string, string> = {};
    let at = 4;
    const text = () => {
      const length = bytes.readUInt32BE(at);
      at += 4 + length;
      return bytes.toString('latin1', at - length, at);
    };
    for (let left = bytes.readUInt32BE(0); left > 0; left--) {
      const name = text().toLowerCase();
      headers[name] = text();
    }
    return headers;
  }

  #sendControl(type: number, body: Buffer): boolean {
    const head = Buffer.alloc(8);
    head.writeUInt16BE(0x8003, 0);
    head.writeUInt16BE(type, 2);
    head.writeUInt32BE(body.length, 4);
    return this.#write(Buffer.concat([head, body]));
  }

  #write(bytes: Buffer): boolean {
    return this.closed ? true : this.#pipe.write(bytes);
  }

  /**
   * SYN_REPLY without headers. The zlib stream is made of stored blocks, so that no compressor state is needed; the empty
   * stored block at the end (a sync flush) is what makes Go's flate hand the bytes over.
   */
  reply(id: number): void {
    const streamId = Buffer.alloc(4);
    streamId.writeUInt32BE(id);
    const zlibHead = this.#repliedBefore ? [] : [Buffer.from([0x78, 0x01])];
    const noHeaders = Buffer.from([0, 4, 0, 0xfb, 0xff, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);
    this.#sendControl(CONTROL.synReply, Buffer.concat([streamId, ...zlibHead, noHeaders]));
    this.#repliedBefore = true;
  }

  data(id: number, bytes: Buffer, fin = false): boolean {
    if (bytes.length > MAX_FRAME) {
      this.data(id, bytes.subarray(0, MAX_FRAME));
      return this.data(id, bytes.subarray(MAX_FRAME), fin);
    }
    const head = Buffer.alloc(8);
    head.writeUInt32BE(id, 0);
    head.writeUInt32BE((((fin ? FIN : 0) << 24) | bytes.length) >>> 0, 4);
    const room = this.#write(head);
    return bytes.length > 0 ? this.#write(bytes) : room;
  }

  reset(id: number): void {
    const body = Buffer.alloc(8);
    body.writeUInt32BE(id, 0);
    body.writeUInt32BE(5, 4); // CANCEL
    this.#sendControl(CONTROL.reset, body);
  }

  goaway(): void {
    this.#sendControl(CONTROL.goaway, Buffer.alloc(8));
    this.#pipe.end();
  }
}
