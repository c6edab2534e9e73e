import { SEVERITY_NAMES } from './severities';
import type { ChartAnomaly, Span } from './model';

/** Where on the page the plot's own area is, px, and the time it shows. */
export type PlotArea = Span & { left: number; top: number; width: number };

/** A mark over the plot. Anomalies that begin close together share one; the worst of them comes first. */
export type Marker = { x: number; anomalies: [ChartAnomaly, ...ChartAnomaly[]] };

const rank = ({ severity }: ChartAnomaly): number => SEVERITY_NAMES.indexOf(severity);

/** One mark where each begins; what began before the shown time is marked at its left edge. */
export function placeMarkers(anomalies: readonly ChartAnomaly[], area: PlotArea, apartPx: number): Marker[] {
  const shown = anomalies
    .filter(({ start, end }) => start <= area.to && (end ?? Infinity) >= area.from)
    .map((anomaly) => ({ anomaly, x: toX(Math.max(anomaly.start, area.from), area) }))
    .sort((a, b) => a.x - b.x);
  const markers: Marker[] = [];
  for (const { anomaly, x } of shown) {
    const last = markers.at(-1);
    if (last !== undefined && x - last.x < apartPx) last.anomalies.push(anomaly);
    else markers.push({ x, anomalies: [anomaly] });
  }
  for (const { anomalies: together } of markers) together.sort((a, b) => rank(a) - rank(b) || a.start - b.start);
  return markers;
}

const toX = (at: number, { left, width, from, to }: PlotArea): number => left + ((at - from) / (to - from)) * width;
