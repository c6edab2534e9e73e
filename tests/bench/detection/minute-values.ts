import { MINUTE } from '../../../agent/src/core/clock.ts';
import type { ScrapeGrid } from '../../../agent/src/demo/scrapes.ts';
import type { HpaTrack, PodTrack, StatusRow } from '../../../agent/src/demo/track.ts';
import { emptySample, type Sample } from '../../../agent/src/domain/sample.ts';
import { rateAt } from './rate.ts';
import type { Span } from './score.ts';
import { LOOKBACK_MS } from './worlds.ts';

const RATE_MS = 5 * MINUTE;
const MIB = 1_048_576;

/** What the agent's queries would answer of one HPA at each minute, or `stepMs`, of (start, end], computed from the simulation itself. */
export function minuteValues(
  track: HpaTrack,
  grid: ScrapeGrid,
  span: Span,
  isMissed: (at: number) => boolean,
  stepMs = MINUTE,
): Sample[] {
  const scraped = track.status.map((row, index) => row.scraped && !isMissed(grid.timeOf(index)));
  const pods = [...track.pods].sort((a, b) => a.firstRow - b.firstRow);
  const samples: Sample[] = [];
  let present: PodTrack[] = [];
  let next = 0;
  for (let at = span.start + stepMs; at <= span.end; at += stepMs) {
    const row = grid.rowsUntil(at) - 1;
    const status = track.status[row];
    if (status === undefined || scraped[row] !== true || at - grid.timeOf(row) > LOOKBACK_MS) continue;
    for (let pod = pods[next]; pod !== undefined && pod.firstRow <= row; pod = pods[next]) {
      present.push(pod);
      next += 1;
    }
    // Pods of a StatefulSet come back under their names.
    if (at % (60 * MINUTE) === 0)
      present = present.filter((pod) => pod.replicaSet === null || pod.firstRow + pod.phase.length > row);
    const sample = { ...emptySample(at), ...fromStatus(track, status) };
    const running = present.filter((pod) => (pod.phase[row - pod.firstRow] ?? NaN) > 0);
    usageOf(sample, running, { track, grid, row, at, scraped });
    samples.push(sample);
  }
  return samples;
}

function fromStatus({ spec }: HpaTrack, status: StatusRow): Partial<Sample> {
  const ratios = spec.metrics.map(({ target }, i) => (status.metricCurrent[i] ?? NaN) / target).filter((x) => x >= 0);
  const target = (name: string) =>
    spec.metrics.find((metric) => metric.name === name && metric.type === 'utilization')?.target ?? null;
  return {
    replicasCurrent: status.current,
    replicasDesired: status.desired,
    replicasReady: status.ready,
    replicasMin: spec.min,
    replicasMax: status.max,
    scalingActive: status.scalingActive === 1 ? 1 : 0,
    scalingLimited: status.scalingLimited === 1 ? 1 : 0,
    pressure: ratios.length === 0 ? null : Math.max(...ratios),
    cpuTarget: target('cpu'),
    memoryTarget: target('memory'),
  };
}

type Instant = { track: HpaTrack; grid: ScrapeGrid; row: number; at: number; scraped: readonly boolean[] };

function usageOf(sample: Sample, running: readonly PodTrack[], { track, grid, row, at, scraped }: Instant): void {
  const { containers } = track.spec;
  const requested = (of: 'cpuRequestCores' | 'memoryRequestMib') =>
    containers.reduce((sum, container) => sum + (container[of] ?? 0), 0);
  const [cpuRequest, memoryRequest] = [requested('cpuRequestCores'), requested('memoryRequestMib')];
  let [cores, rated, bytes] = [0, 0, 0];
  for (const pod of running) {
    const perContainer = pod.cpuSeconds.map((seconds) => {
      const points: { at: number; value: number }[] = [];
      for (let k = row; k >= pod.firstRow && grid.timeOf(k) >= at - RATE_MS; k -= 1) {
        const value = seconds[k - pod.firstRow];
        if (scraped[k] === true && (pod.phase[k - pod.firstRow] ?? 0) > 0 && value !== undefined && value >= 0)
          points.unshift({ at: grid.timeOf(k), value });
      }
      return rateAt(points, at, RATE_MS);
    });
    const known = perContainer.filter((value) => value !== null);
    if (known.length > 0) {
      cores += known.reduce((sum, value) => sum + value, 0);
      rated += 1;
    }
    for (const column of pod.memoryBytes) bytes += column[row - pod.firstRow] ?? 0;
  }
  if (running.length > 0) sample.memoryCurrent = bytes / MIB / running.length;
  if (running.length > 0 && memoryRequest > 0)
    sample.memoryUtilization = (100 * bytes) / MIB / (memoryRequest * running.length);
  if (rated === 0) return;
  sample.cpuBasis = cpuRequest > 0 ? 'request' : 'core';
  sample.cpuCurrent = (100 * cores) / rated / (cpuRequest > 0 ? cpuRequest : 1);
}
