/**
 * A counter's increase a second over `windowMs` before `at`, as PromQL's rate() has it: resets counted, extrapolated to the ends of the window
 * where samples reach near them. null with fewer than two points. Times are epoch ms.
 * https://github.com/prometheus/prometheus/blob/v2.42.0/promql/functions.go (extrapolatedRate)
 */
export function rateAt(points: readonly { at: number; value: number }[], at: number, windowMs: number): number | null {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 2) return null;
  let increase = last.value - first.value;
  for (let i = 1; i < points.length; i += 1) {
    const before = points[i - 1]?.value ?? 0;
    if ((points[i]?.value ?? 0) < before) increase += before;
  }
  const sampledMs = last.at - first.at;
  const betweenMs = sampledMs / (points.length - 1);
  let toStartMs = first.at - (at - windowMs);
  const toEndMs = at - last.at;
  // A counter cannot have been below zero.
  if (increase > 0 && first.value >= 0) toStartMs = Math.min(toStartMs, sampledMs * (first.value / increase));
  const nearMs = betweenMs * 1.1;
  const coveredMs =
    sampledMs + (toStartMs < nearMs ? toStartMs : betweenMs / 2) + (toEndMs < nearMs ? toEndMs : betweenMs / 2);
  return (increase * (coveredMs / sampledMs)) / (windowMs / 1_000);
}
