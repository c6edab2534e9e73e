const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PATTERN = /^(?:\d+(?:ms|[smhd]))+$/;

/** "72h", "5m", "1h30m", "500ms" -> milliseconds; null for anything else. */
export function parseDuration(text: string): number | null {
  if (!PATTERN.test(text)) return null;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[smhd])/g))
    total += Number(count) * UNITS[unit as keyof typeof UNITS];
  return total;
}

/**
 * Milliseconds -> "25s", "60s", "2h35m", "3d4h": seconds below two minutes, else the two largest units, rounded down; below a
 * second "0s".
 */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 120) return `${seconds}s`;
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([n]) => n > 0);
  return parts
    .slice(first, first + 2)
    .filter(([n], i) => i === 0 || n > 0)
    .map(([n, unit]) => `${n}${unit}`)
    .join('');
}
