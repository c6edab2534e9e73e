import { HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import type { IncidentLabel } from '../../../agent/src/demo/incidents.ts';
import type { HpaSpec } from '../../../agent/src/demo/spec.ts';
import type { HpaKey } from '../../../agent/src/domain/hpa.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { effectSize, halfWidths } from './effect-size.ts';
import { minuteValues } from './minute-values.ts';
import type { Label, Span } from './score.ts';
import { scrapeGaps, spanOf, within, worldsOf, type World } from './worlds.ts';

/** A label with its size, see effectSize. */
export type SizedLabel = Label & { size: number };

export type SimulatedHpa = {
  key: HpaKey;
  labels: SizedLabel[];
  /** While a setting is changed, and some time after: what follows from it is no false alarm. */
  neutral: Span[];
  samples: Sample[];
};

const SETTLING_MS = HOUR;

/** Every HPA of a seed: what went wrong, and its minutes computed from the simulation itself. */
export function* simulatedHpas(seed: number): Generator<SimulatedHpa> {
  const span = spanOf(seed);
  for (const world of worldsOf(seed)) {
    const labels = world.simulation.labels(span.start, span.end);
    for (const { name, hpas } of world.simulation.clusters) {
      const isMissed = within(scrapeGaps(seed, name + world.suffix, span));
      for (const spec of hpas) {
        const own = labels.filter(
          (label) => label.cluster === name && label.namespace === spec.namespace && label.hpa === spec.name,
        );
        yield simulatedHpa(world, spec, own, span, isMissed);
      }
    }
  }
}

function simulatedHpa(
  { simulation, clean, suffix }: World,
  spec: HpaSpec,
  labels: readonly IncidentLabel[],
  span: Span,
  isMissed: (at: number) => boolean,
): SimulatedHpa {
  const grid = simulation.clusters.find(({ name }) => name === spec.cluster)?.grid;
  if (grid === undefined) throw new RangeError(`no cluster ${spec.cluster}`);
  const valuesOf = (of: typeof simulation) => {
    const run = of.simulate(spec);
    run.advance(span.end);
    return minuteValues(run.track, grid, span, isMissed);
  };
  const [samples, usual] = [valuesOf(simulation), valuesOf(clean)];
  const byTime = (list: readonly Sample[]) => new Map(list.map((sample) => [sample.ts, sample]));
  const [real, would] = [byTime(samples), byTime(usual)];
  const widths = halfWidths(usual);
  return {
    key: { cluster: spec.cluster + suffix, namespace: spec.namespace, hpa: spec.name },
    labels: labels.map(({ kind, expected, start, end }) => {
      const size = effectSize({ start, end }, real, would, widths);
      return { kind, expected, start, end, size: Math.round(size * 100) / 100 };
    }),
    neutral: changedSettings(labels),
    samples,
  };
}

/** A change of a setting is labelled when it comes and when it goes: in between it has consequences. */
function changedSettings(labels: readonly IncidentLabel[]): Span[] {
  const edges = labels.filter(({ kind }) => kind === 'max_changed').sort((a, b) => a.start - b.start);
  return edges.flatMap((edge, index) => {
    const back = edges[index + 1];
    return index % 2 === 1 || back === undefined ? [] : [{ start: edge.start, end: back.end + SETTLING_MS - MINUTE }];
  });
}
