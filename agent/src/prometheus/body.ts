import { createGunzip } from 'node:zlib';
import type { Readable } from 'node:stream';
import { AgentError } from '../core/errors.ts';

/** More than this is no answer to one of our queries; asking for less is the way out. */
export const MOST_BODY_BYTES = 64 * 1_048_576;

export type ReadBody = { text: string; wireBytes: number };

/** Reads a body to its end as text, unzipped. @throws as `passOn` */
export async function readBody(body: Readable, encoding: string, mostBytes = MOST_BODY_BYTES): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  const { wireBytes } = await passOn(body, encoding, mostBytes, (chunk) => chunks.push(chunk));
  return { text: Buffer.concat(chunks).toString('utf8'), wireBytes };
}

/**
 * Passes on what a body holds, unzipped, as it arrives.
 *
 * @throws AgentError `prometheus/too-many-samples` above `mostBytes` (counted unzipped); what the stream or `take` throws otherwise
 */
export async function passOn(
  body: Readable,
  encoding: string,
  mostBytes: number,
  take: (chunk: Buffer) => void,
): Promise<{ wireBytes: number }> {
  let wireBytes = 0;
  body.on('data', (chunk: Buffer) => (wireBytes += chunk.length));
  const stream = encoding.includes('gzip') ? unzip(body) : body;
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      body.destroy();
      const message = `Prometheus answers with more than ${Math.round(mostBytes / 1_048_576)} MiB`;
      throw new AgentError('prometheus/too-many-samples', message, { retryable: true });
    }
    take(chunk);
  }
  return { wireBytes };
}

function unzip(body: Readable): Readable {
  const gunzip = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  return body.pipe(gunzip);
}
