import type { DataFrame } from '@grafana/data';
import type uPlot from 'uplot';

/** A line where each annotation begins, and its span shaded. */
export function markAnnotations(plot: uPlot, frames: readonly DataFrame[]): void {
  const { ctx, bbox } = plot;
  for (const frame of frames) {
    const column = (name: string): readonly unknown[] => frame.fields.find((one) => one.name === name)?.values ?? [];
    const [starts, ends, colors] = [column('time'), column('timeEnd'), column('color')];
    for (const [row, start] of starts.entries()) {
      const end = ends[row];
      const from = plot.valToPos(Number(start), 'x', true);
      const to = plot.valToPos(typeof end === 'number' ? end : Number(start), 'x', true);
      const [left, right] = [Math.max(from, bbox.left), Math.min(to, bbox.left + bbox.width)];
      if (right < left) continue;
      ctx.save();
      ctx.fillStyle = String(colors[row]);
      ctx.globalAlpha = 0.12;
      ctx.fillRect(left, bbox.top, right - left, bbox.height);
      ctx.globalAlpha = 0.8;
      ctx.fillRect(left, bbox.top, 1, bbox.height);
      ctx.restore();
    }
  }
}
