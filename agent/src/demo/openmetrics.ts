import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { HpaCatalog } from './catalog.ts';
import { head } from './exposition.ts';
import type { Simulation } from './simulation.ts';

export type ExportWindow = {
  cluster: string;
  /** Scrapes in [from, to], epoch ms. */
  from: number;
  to: number;
  /** Only these series; all by default. */
  keep?: (labels: Readonly<Record<string, string>>) => boolean;
  /** Scrapes at these instants got no answer, on top of those that the simulation itself misses. */
  isMissed?: (at: number) => boolean;
};

/** Text is handed over in pieces of about this many characters. */
const CHUNK = 1 << 18;

/**
 * Writes a cluster's samples as OpenMetrics text, for `promtool tsdb create-blocks-from openmetrics`, one HPA after another: memory holds one
 * HPA and one chunk, however large the fleet. Ends with `# EOF` and leaves the stream open. Answers the number of samples.
 */
export async function writeOpenMetrics(simulation: Simulation, window: ExportWindow, out: Writable): Promise<number> {
  const cluster = simulation.clusters.find(({ name }) => name === window.cluster);
  if (cluster === undefined) throw new RangeError(`no such cluster: ${window.cluster}`);
  const { grid } = cluster;
  const { keep = () => true, isMissed = () => false } = window;
  const [fromRow, toRow] = [grid.rowsUntil(window.from - 1), grid.rowsUntil(window.to)];
  const missed = Uint8Array.from({ length: Math.max(0, toRow - fromRow) }, (_, index) =>
    isMissed(grid.timeOf(fromRow + index)) ? 1 : 0,
  );
  let samples = 0;
  let text = '';
  const flush = async () => {
    const more = out.write(text);
    text = '';
    if (!more) await once(out, 'drain');
  };
  for (const spec of cluster.hpas) {
    const run = simulation.simulate(spec);
    run.advance(window.to);
    for (const { labels, at, from, to } of new HpaCatalog(run.track).within(fromRow, toRow)) {
      if (!keep(labels)) continue;
      const start = `${head(labels)} `;
      for (let row = Math.max(from, fromRow); row < Math.min(to(), toRow); row++) {
        const value = at(row);
        if (Number.isNaN(value) || missed[row - fromRow] === 1) continue;
        text += `${start}${value} ${grid.timeOf(row) / 1_000}\n`;
        samples++;
        if (text.length > CHUNK) await flush();
      }
    }
  }
  text += '# EOF\n';
  await flush();
  return samples;
}
