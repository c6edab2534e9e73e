import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { SampleBatch } from '../store.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** A batch as it waits on the disk: JSON, in which the same names come again and again, made short. */
export const bodyOf = (batch: SampleBatch): Promise<Buffer> =>
  deflate(JSON.stringify(batch), { level: constants.Z_BEST_SPEED });

/** What `bodyOf` made; its checksum was looked at before. */
export const batchOf = async (body: Buffer): Promise<SampleBatch> =>
  JSON.parse((await inflate(body)).toString()) as SampleBatch;

export const rowsIn = ({ samples }: SampleBatch): number =>
  samples.reduce((sum, { samples: rows }) => sum + rows.length, 0);
