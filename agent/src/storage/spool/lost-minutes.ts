import { floorTo, MINUTE } from '../../core/clock.ts';
import type { SampleBatch, StoredHpa } from '../store.ts';
import type { HeldBatch } from './batch-body.ts';

/**
 * A database that was killed, or whose standby took over, may have lost what it had confirmed last, cursors and all. A batch that waits goes on from where
 * the lost ones ended: its cursors would pass over their minutes. So these become gaps, which are asked for again. `stored`: as the database has them now.
 */
export function withLostMinutes({ batch, after }: HeldBatch, stored: readonly StoredHpa[]): SampleBatch {
  const byId = new Map(stored.map((hpa) => [hpa.id, hpa]));
  const lost = after.flatMap(([hpaId, before]) => {
    const hpa = byId.get(hpaId);
    if (hpa === undefined) return [];
    const from = hpa.scannedUntil === null ? floorTo(hpa.enrolledAt, MINUTE) : hpa.scannedUntil + MINUTE;
    return from > before ? [] : [{ hpaId, from, to: before }];
  });
  return lost.length === 0 ? batch : { ...batch, openGaps: [...(batch.openGaps ?? []), ...lost] };
}
