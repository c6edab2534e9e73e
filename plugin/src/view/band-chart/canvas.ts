import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { severityMark } from '../severity';
import type { ChartAnomaly } from './model';
import type { Plot } from './plot-config';

const SPAN_OPACITY = 0.16;
const DASH_PX = [4, 4];

/** Draws only inside the plot's own area, and leaves the canvas as it was. */
function within({ ctx, bbox }: Plot, draw: (ctx: CanvasRenderingContext2D) => void): void {
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  draw(ctx);
  ctx.restore();
}

function verticalLine(plot: Plot, ctx: CanvasRenderingContext2D, x: number, color: string, dash: number[]): void {
  const { top, height } = plot.bbox;
  const ratio = devicePixelRatio;
  ctx.strokeStyle = color;
  ctx.lineWidth = ratio;
  ctx.setLineDash(dash.map((length) => length * ratio));
  ctx.beginPath();
  ctx.moveTo(x, top);
  ctx.lineTo(x, top + height);
  ctx.stroke();
}

/** The time of each anomaly as a shaded area that begins with a line. What is still on ends at `now`. */
export function drawAnomalies(plot: Plot, anomalies: readonly ChartAnomaly[], now: number, theme: GrafanaTheme2): void {
  const { top, height } = plot.bbox;
  within(plot, (ctx) => {
    for (const { start, end, severity } of anomalies) {
      const color = severityMark(theme, severity);
      const left = plot.valToPos(start, 'x', true);
      const right = plot.valToPos(end ?? Math.max(now, start), 'x', true);
      ctx.fillStyle = colorManipulator.alpha(color, SPAN_OPACITY);
      ctx.fillRect(left, top, Math.max(right - left, 1), height);
      verticalLine(plot, ctx, left, color, []);
    }
  });
}

/** Where what is known ends and what is only expected begins. */
export function drawNow(plot: Plot, now: number, theme: GrafanaTheme2): void {
  within(plot, (ctx) => verticalLine(plot, ctx, plot.valToPos(now, 'x', true), theme.colors.text.secondary, DASH_PX));
}
