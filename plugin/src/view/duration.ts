const UNIT_MS: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** A duration as the agent writes it (`25s`, `2h35m`) in ms; null where it is none. */
export function durationMs(text: string): number | null {
  if (!/^(\d+[dhms])+$/.test(text)) return null;
  const parts = text.matchAll(/(\d+)([dhms])/g);
  return [...parts].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ''] ?? 0), 0);
}
