import { HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import type { IncidentLabel } from '../../../agent/src/demo/incidents.ts';
import { createSimulation } from '../../../agent/src/demo/simulation.ts';
import type { HpaSpec } from '../../../agent/src/demo/spec.ts';
import type { Anomaly } from '../../../agent/src/domain/anomaly.ts';
import { FOUND_WITHIN_MS, RECOVERY_MS } from '../detection/score.ts';
import { judgedHpa, LOOK_BACK_MS } from './judged.ts';

/** A run of the demo: when it is started, by which seed, and how long somebody watches. */
export type Showing = { seed: number; liveFrom: number; watchedMs: number };

export type Told = {
  label: IncidentLabel;
  /** Of a right kind and at a right time, the best-fitting kind first. */
  anomalies: Anomaly[];
};

export type Showed = {
  /** Every incident that is on long enough while somebody watches. */
  told: Told[];
  /** What was said of HPAs with which nothing is wrong. */
  strays: Anomaly[];
  /** HPAs of which something fires at the start. */
  firingAtStart: Anomaly[];
  hpas: number;
};

/** How long after its start an incident is certainly told, where it goes on. A new level is one after an hour. */
const TOLD_WITHIN_MS = 15 * MINUTE;
const leastOn = ({ start, end }: IncidentLabel): number => Math.min(TOLD_WITHIN_MS, end - start);

const idOf = ({ cluster, namespace, hpa }: { cluster: string; namespace: string; hpa: string }): string =>
  `${cluster}/${namespace}/${hpa}`;

/** The demo as an agent sees it that is started with it. */
export function showStory({ seed, liveFrom, watchedMs }: Showing): Showed {
  const simulation = createSimulation({ seed, liveFrom, incidents: 'demo', rhythm: 'day' });
  const until = liveFrom + watchedMs;
  const from = liveFrom - LOOK_BACK_MS;
  const labels = simulation.labels(simulation.from, until + MINUTE);
  const showed: Showed = { told: [], strays: [], firingAtStart: [], hpas: 0 };
  for (const { hpas, grid } of simulation.clusters) {
    for (const spec of hpas) {
      const own = labels.filter((label) => idOf(label) === idOf(keyOf(spec)));
      const anomalies = judgedHpa(simulation, grid, spec, { enrolledAt: liveFrom, until });
      showed.hpas += 1;
      showed.told.push(...own.filter((label) => isShown(label, from, until)).map((label) => toldOf(label, anomalies)));
      showed.strays.push(...anomalies.filter((anomaly) => isStray(anomaly, own)));
      showed.firingAtStart.push(...anomalies.filter((anomaly) => isOnAt(anomaly, liveFrom)));
    }
  }
  return showed;
}

/** What is said of a fleet with which nothing is wrong; `of` limits it to some HPAs. */
export function showClean(
  { seed, liveFrom, watchedMs }: Showing,
  of: (spec: HpaSpec) => boolean = () => true,
): Anomaly[] {
  const simulation = createSimulation({ seed, liveFrom, incidents: 'none', rhythm: 'day' });
  return simulation.clusters.flatMap(({ hpas, grid }) =>
    hpas
      .filter(of)
      .flatMap((spec) => judgedHpa(simulation, grid, spec, { enrolledAt: liveFrom, until: liveFrom + watchedMs })),
  );
}

const keyOf = ({ cluster, namespace, name }: HpaSpec) => ({ cluster, namespace, hpa: name });

const isShown = (label: IncidentLabel, from: number, until: number): boolean =>
  label.end > from + leastOn(label) && label.start >= from - 12 * HOUR && label.start + leastOn(label) <= until;

function toldOf(label: IncidentLabel, anomalies: readonly Anomaly[]): Told {
  const right = anomalies
    .filter(({ kind }) => label.expected.includes(kind))
    .filter(({ firedAt }) => firedAt !== null && firedAt >= label.start && firedAt <= label.end + FOUND_WITHIN_MS);
  return {
    label,
    anomalies: right.sort((a, b) => label.expected.indexOf(a.kind) - label.expected.indexOf(b.kind)),
  };
}

/** Neither an incident, nor what follows from one for an hour, nor from a setting that is changed at the time. */
function isStray({ startedAt, lastSeenAt }: Anomaly, labels: readonly IncidentLabel[]): boolean {
  const changes = labels.filter(({ kind }) => kind === 'max_changed');
  const changed = changes.length === 0 ? [] : [{ start: changes[0]?.start ?? 0, end: Infinity }];
  return ![...labels, ...changed].some(({ start, end }) => startedAt < end + RECOVERY_MS && lastSeenAt >= start);
}

const isOnAt = ({ firedAt, lastSeenAt, endedAt }: Anomaly, at: number): boolean =>
  firedAt !== null && firedAt <= at && lastSeenAt >= at - 2 * MINUTE && (endedAt === null || endedAt >= at);
