/** Epoch ms -> ISO 8601 UTC; null stays null. */
export const iso = (ts: number): string => new Date(ts).toISOString();
export const isoOrNull = (ts: number | null): string | null => (ts === null ? null : iso(ts));
