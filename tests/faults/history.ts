import { floorTo, HOUR, MINUTE } from '../../agent/src/core/clock.ts';
import { seriesOf, type HandMadeHpa } from '../rig/hand-made-hpa.ts';
import type { HandMadeSeries } from '../rig/openmetrics.ts';
import { startPrometheus, type RealPrometheus } from '../rig/prometheus.ts';

/** The instant at which every cell begins, by the agent's clock; Prometheus has samples for hours after it. */
export const BASE = floorTo(Date.now(), HOUR) - 4 * HOUR;
/** Data directories are prepared by an agent that ran until here. */
export const PREPARED_AT = BASE - 10 * MINUTE;
const SPAN = { start: BASE - 73 * HOUR, end: BASE + 3 * HOUR, stepMs: MINUTE };

export const NAMESPACE = 'shop';
export const HPAS = ['api', 'cart', 'mail', 'search', 'stock', 'users'] as const;
const MAX = 8;

/** One fires before anything goes wrong, one begins while it is wrong; both are over before the end of a cell. */
export const INCIDENTS: Readonly<Record<string, { from: number; to: number }>> = {
  cart: { from: BASE - 5 * MINUTE, to: BASE + 30 * MINUTE },
  search: { from: BASE + 2 * MINUTE, to: BASE + 30 * MINUTE },
};
/** By then both fire; by the end both are over. */
export const BOTH_FIRE_AT = BASE + 20 * MINUTE;
export const END = BASE + 45 * MINUTE;

const isMaxedOut = (hpa: string, at: number): boolean => {
  const incident = INCIDENTS[hpa];
  return incident !== undefined && at >= incident.from && at < incident.to;
};

const hpa = (name: string, index: number): HandMadeHpa => ({
  namespace: NAMESPACE,
  hpa: name,
  kind: 'Deployment',
  target: name,
  pods: 2,
  containers: [
    { name: 'app', cores: 0.2 + 0.05 * index, memoryMib: 100 + 20 * index, cpuRequest: 1, memoryRequestMib: 500 },
  ],
  replicas: (at) => (isMaxedOut(name, at) ? MAX : 3),
  min: 2,
  max: MAX,
});

/** The series of an HPA; in its incident it stands at its maximum, is held there, and wants more. */
function withIncident(series: HandMadeSeries, name: string): HandMadeSeries {
  const { labels } = series;
  const inIncident = (value: number): HandMadeSeries => ({
    ...series,
    value: (at) => (isMaxedOut(name, at) ? value : series.value(at)),
  });
  if (labels.condition === 'ScalingLimited') return inIncident(labels.status === 'true' ? 1 : 0);
  const isPressure = series.name === 'kube_horizontalpodautoscaler_status_target_metric';
  return isPressure && labels.metric_target_type === 'utilization' ? inIncident(110) : series;
}

/** One real Prometheus with everything that ever happens in a cell; what the agent may see yet is the proxy's affair. */
export const startHistory = (): Promise<RealPrometheus> =>
  startPrometheus({
    history: {
      series: HPAS.flatMap((name, i) => seriesOf(hpa(name, i)).map((series) => withIncident(series, name))),
      span: SPAN,
    },
    blockHours: 96,
  });
