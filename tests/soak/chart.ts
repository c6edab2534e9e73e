import type { SoakRow } from './sampling.ts';

type Panel = { figure: keyof SoakRow; title: string };

const PANELS: readonly Panel[] = [
  { figure: 'rss_mib', title: 'resident memory, MiB' },
  { figure: 'heap_mib', title: 'JavaScript heap in use, MiB' },
  { figure: 'fds', title: 'file descriptors' },
  { figure: 'handles', title: 'active handles' },
  { figure: 'loop_p99_ms', title: 'event-loop delay, p99, ms' },
  { figure: 'samples', title: 'stored rows' },
];
const COLUMNS = 2;
const WIDTH = 380;
const HEIGHT = 150;
const LEFT = 60;
const TOP = 30;
const BOTTOM = 24;
const PAD = 12;
/** Reads on white and on black alike. */
const TEXT = '#808080';
const LINE = '#3d85c6';

const shown = (value: number): string =>
  value >= 10_000 ? `${Math.round(value / 1_000)}k` : String(Math.round(value));

/** Each figure from 0 on, so that what looks flat is flat. */
function panel(rows: readonly SoakRow[], { figure, title }: Panel, index: number): string {
  const left = (index % COLUMNS) * WIDTH + LEFT;
  const top = Math.floor(index / COLUMNS) * HEIGHT + TOP;
  const width = WIDTH - LEFT - PAD;
  const height = HEIGHT - TOP - BOTTOM;
  const most = Math.max(1, ...rows.map((row) => row[figure]));
  const hours = Math.max(1, rows.at(-1)?.hour ?? 1);
  const points = rows.map((row) => {
    const x = left + (row.hour / hours) * width;
    const y = top + height - (row[figure] / most) * height;
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  const label = (x: number, y: number, anchor: string, text: string) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
  return [
    label(left, top - 10, 'start', title),
    label(left - 6, top + 5, 'end', shown(most)),
    label(left - 6, top + height + 4, 'end', '0'),
    label(left, top + height + 16, 'start', '0 h'),
    label(left + width, top + height + 16, 'end', `${Math.round(hours)} h`),
    `<path d="M${left} ${top}v${height}h${width}" fill="none" stroke="${TEXT}"/>`,
    `<polyline points="${points.join(' ')}" fill="none" stroke="${LINE}" stroke-width="1.5"/>`,
  ].join('\n');
}

/** What the agent held over the hours, as an SVG picture. */
export function chart(rows: readonly SoakRow[]): string {
  const [width, height] = [COLUMNS * WIDTH, Math.ceil(PANELS.length / COLUMNS) * HEIGHT];
  const font = `font-family="sans-serif" font-size="11" fill="${TEXT}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${font}>`,
    ...PANELS.map((each, index) => panel(rows, each, index)),
    '</svg>\n',
  ].join('\n');
}
