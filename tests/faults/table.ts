import type { CellResult } from './cell.ts';

const seconds = (ms: number | null): string => (ms === null ? 'never' : (ms / 1_000).toFixed(1));
const MOST_WORDS = 160;

const short = (text: string): string => {
  const line = text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', '/')
    .replaceAll(/\/tmp\/hpa-watch-[\w-]+/g, 'DIR');
  return line.length > MOST_WORDS ? `${line.slice(0, MOST_WORDS)}…` : line;
};

const HEAD = [
  'fault',
  'phase',
  'recovered after, s',
  'rows missing',
  'duplicates',
  'told: lost',
  'doubled',
  'left',
  'result',
  'what was said',
];

const cellsOf = (result: CellResult): string[] => [
  result.fault,
  result.phase,
  seconds(result.recoveredMs),
  String(result.missing + result.wrong),
  String(result.duplicates),
  String(result.lost.length),
  String(result.doubled.length),
  String(result.left),
  result.problems.length === 0 ? 'ok' : 'FAILED',
  short(result.said),
];

export const textLine = (result: CellResult): string => {
  const [fault = '', phase = '', after = '', ...rest] = cellsOf(result);
  const [missing, duplicates, lost, doubled, left, verdict, said] = rest;
  const counts = `missing ${missing} dup ${duplicates} lost ${lost} doubled ${doubled} left ${left}`;
  const line = `${fault.padEnd(20)} ${phase.padEnd(12)} ${after.padStart(6)} s  ${counts}  ${verdict}  ${said}`;
  return [line, ...result.problems.map((problem) => `    ${problem}`)].join('\n');
};

export function medianMs(results: readonly CellResult[]): number | null {
  const known = results.flatMap(({ recoveredMs }) => (recoveredMs === null ? [] : [recoveredMs])).sort((a, b) => a - b);
  return known[Math.floor(known.length / 2)] ?? null;
}

export function summary(results: readonly CellResult[]): string {
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  const longest = Math.max(0, ...results.map(({ recoveredMs }) => recoveredMs ?? Infinity));
  return (
    `${results.length} cells, ${failed} failed; recovered after: median ${seconds(medianMs(results))} s, ` +
    `longest ${Number.isFinite(longest) ? `${seconds(longest)} s` : 'never'}`
  );
}

export const markdownTable = (results: readonly CellResult[]): string =>
  [HEAD, HEAD.map(() => '---'), ...results.map(cellsOf)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
