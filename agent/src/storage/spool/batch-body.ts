import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { SampleBatch } from '../store.ts';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** What a scan brought, and up to where each HPA had been collected before: there it goes on without a gap. */
export type HeldBatch = { batch: SampleBatch; after: [hpaId: number, scannedUntil: number][] };

/** A batch as it waits on the disk: JSON, in which the same names come again and again, made short. */
export const bodyOf = (held: HeldBatch): Promise<Buffer> =>
  deflate(JSON.stringify(held), { level: constants.Z_BEST_SPEED });

/** What `bodyOf` made; its checksum was looked at before. */
export const batchOf = async (body: Buffer): Promise<HeldBatch> =>
  JSON.parse((await inflate(body)).toString()) as HeldBatch;

export const rowsIn = ({ samples }: SampleBatch): number =>
  samples.reduce((sum, { samples: rows }) => sum + rows.length, 0);
