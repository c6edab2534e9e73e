import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** A series made by hand. `value` gets epoch ms; null or undefined: no sample at that instant. */
export type HandMadeSeries = {
  name: string;
  labels: Record<string, string>;
  value: (at: number) => number | null | undefined;
};

export type Span = { start: number; end: number; stepMs: number };

/** A series that always has the same value. */
export const constant = (name: string, labels: Record<string, string>, value: number): HandMadeSeries => ({
  name,
  labels,
  value: () => value,
});

const labelsOf = (labels: Record<string, string>): string =>
  Object.entries(labels)
    .map(
      ([name, value]) => `${name}="${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`,
    )
    .join(',');

/** What a scrape at one instant would read, without times. */
export const expositionAt = (series: readonly HandMadeSeries[], at: number): string =>
  series.map(({ name, labels, value }) => `${name}{${labelsOf(labels)}} ${value(at) ?? NaN}\n`).join('');

/** Writes OpenMetrics text with one sample a series and step, ending with `# EOF`. Answers the number of samples. */
export async function writeOpenMetrics(path: string, series: readonly HandMadeSeries[], span: Span): Promise<number> {
  const out = createWriteStream(path);
  const heads = series.map(({ name, labels }) => `${name}{${labelsOf(labels)}}`);
  let samples = 0;
  for (let at = span.start; at <= span.end; at += span.stepMs) {
    let text = '';
    for (const [index, { value }] of series.entries()) {
      const number = value(at);
      if (number === null || number === undefined) continue;
      text += `${heads[index]} ${number} ${at / 1_000}\n`;
      samples += 1;
    }
    if (text !== '' && !out.write(text)) await once(out, 'drain');
  }
  out.end('# EOF\n');
  await once(out, 'finish');
  return samples;
}
