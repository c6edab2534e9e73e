import { HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import { seriesOf, type HandMadeHpa } from '../../rig/hand-made-hpa.ts';
import type { HandMadeSeries } from '../../rig/openmetrics.ts';

/** Deployments of three pods with one container, forty to a namespace. */
export const fleet = (hpas: number): HandMadeHpa[] =>
  Array.from({ length: hpas }, (_, index) => ({
    namespace: `team-${Math.floor(index / 40)}`,
    hpa: `service-${index}`,
    kind: 'Deployment',
    target: `service-${index}`,
    pods: 3,
    containers: [{ name: 'app', cores: 0.2, memoryMib: 300, cpuRequest: 0.5, memoryRequestMib: 512 }],
  }));

/** How long the series of kube-state-metrics and cAdvisor reach back: what scans are made from. */
export const RAW_SPAN_MS = HOUR;

/** What the rules look back on: values of the last hour, of the same hour a day and a week ago, and 26 h of deviations. */
const inWindows = (age: number): boolean =>
  age <= 70 * MINUTE || near(age, 24 * HOUR, 70 * MINUTE) || near(age, 168 * HOUR, 70 * MINUTE);
const near = (age: number, middle: number, within: number): boolean => Math.abs(age - middle) <= within;

/**
 * The history at `now` of a Prometheus that has run the rules for a week: the raw series of the last hour, and of what the rules recorded
 * just what they look back on.
 */
export function history(hpas: readonly HandMadeHpa[], now: number): HandMadeSeries[] {
  const raw = hpas.flatMap(seriesOf).map((series): HandMadeSeries => ({
    ...series,
    value: (at) => (now - at <= RAW_SPAN_MS ? series.value(at) : null),
  }));
  const recorded = hpas.flatMap(({ namespace, hpa }, index) =>
    ['cpu', 'memory', 'replicas'].flatMap((of): HandMadeSeries[] => {
      const labels = { namespace, horizontalpodautoscaler: hpa, of };
      const wave = (at: number) => 60 + 17.3 * Math.sin(at / 7_919_000 + index);
      return [
        { name: 'hpa_band:value', labels, value: (at) => (inWindows(now - at) ? wave(at) : null) },
        { name: 'hpa_band:deviation_1h', labels, value: (at) => (now - at <= 26 * HOUR ? wave(at) / 9 : null) },
      ];
    }),
  );
  return [...raw, ...recorded];
}

/** Long enough for the week's offset and the hour before it. */
export const HISTORY_MS = 170 * HOUR;
