import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { AgentError } from '../core/errors.ts';

/** More than this is no answer to one of our queries; asking for less is the way out. */
export const MOST_BODY_BYTES = 64 * 1_048_576;

export type ReadBody = { text: string; wireBytes: number };

/**
 * Reads a body to its end, unzipped.
 *
 * @throws AgentError `prometheus/too-many-samples` above `mostBytes` (counted unzipped); what the stream throws otherwise
 */
export async function readBody(body: Readable, encoding: string, mostBytes = MOST_BODY_BYTES): Promise<ReadBody> {
  let wireBytes = 0;
  body.on('data', (chunk: Buffer) => (wireBytes += chunk.length));
  const stream = encoding.includes('gzip') ? unzip(body) : body;
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      body.destroy();
      const message = `Prometheus answers with more than ${Math.round(mostBytes / 1_048_576)} MiB`;
      throw new AgentError('prometheus/too-many-samples', message, { retryable: true });
    }
    chunks.push(chunk);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), wireBytes };
}

function unzip(body: Readable): Readable {
  const gunzip = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}
