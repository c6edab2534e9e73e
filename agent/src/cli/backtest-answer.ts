import { formatDuration } from '../core/duration.ts';
import type { BacktestAnomaly, BacktestPoint, BacktestResult } from '../detect/backtest.ts';
import type { ProfiledMetric } from '../domain/anomaly.ts';
import { table } from './table.ts';

/** What is told of a backtest: `from` on, and of each interval of `stepMs` the last point. `isShown` false: a point made up by holding. */
export function partOf(
  { points, anomalies }: BacktestResult,
  { from, stepMs, isShown }: { from: number; stepMs: number; isShown: (ts: number) => boolean },
): BacktestResult {
  const last = new Map<number, BacktestPoint>();
  for (const point of points) {
    const ts = Date.parse(point.timestamp);
    if (ts >= from && isShown(ts)) last.set(Math.floor(ts / stepMs), point);
  }
  return {
    points: [...last.values()],
    anomalies: anomalies.filter(({ end }) => end === null || Date.parse(end) >= from),
  };
}

/** One line: points and anomalies, as programs read them. */
export const asJson = ({ points, anomalies }: BacktestResult): string =>
  JSON.stringify({
    points: points.map(({ timestamp, value, expected, lower, upper, score }) => ({
      timestamp,
      value,
      expected,
      lower,
      upper,
      score,
    })),
    anomalies: anomalies.map(({ kind, start, end, score }) => ({ kind, start, end, score })),
  });

const shortTime = (iso: string): string => `${iso.slice(0, 16).replace('T', ' ')}Z`;

const rowOf = ({ kind, start, end, score, sentence }: BacktestAnomaly): string[] => [
  kind,
  shortTime(start),
  end === null ? 'still on' : shortTime(end),
  end === null ? '' : formatDuration(Date.parse(end) - Date.parse(start)),
  score.toFixed(1),
  sentence,
];

/** The anomalies with what is said of each, then a summary. */
export function asTable(result: BacktestResult, metric: ProfiledMetric, baselineMs: number): string {
  const { anomalies } = result;
  const summary = summaryOf(result, metric, baselineMs);
  if (anomalies.length === 0) return summary;
  const headings = ['KIND', 'START', 'END', '>LASTED', '>SCORE', 'WHAT'];
  return `${table(headings, anomalies.map(rowOf))}\n\n${summary}`;
}

function summaryOf({ points, anomalies }: BacktestResult, metric: ProfiledMetric, baselineMs: number): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return 'There is no sample in this time.';
  const found = anomalies.length === 1 ? '1 anomaly' : `${anomalies.length === 0 ? 'no' : anomalies.length} anomalies`;
  const span = `${points.length} point${points.length === 1 ? '' : 's'} of ${metric}, ${shortTime(first.timestamp)} to ${shortTime(last.timestamp)}`;
  const judged = points.findIndex(({ expected }) => expected !== null);
  const baseline =
    judged === 0
      ? ''
      : judged > 0
        ? ` Its baseline begins at ${shortTime(points[judged]?.timestamp ?? '')}; before, only rules that need none were applied.`
        : ` It has no baseline: that takes ${formatDuration(baselineMs)} of history with values (--baseline), so only rules that need none were applied.`;
  return `${span}: ${found}.${baseline}`;
}
