import { learn } from '../../../agent/src/baseline/hpa-profile.ts';
import { heldEachMinute } from '../../../agent/src/collect/held-samples.ts';
import { judgeHpa, warmedUp } from '../../../agent/src/collect/judge-hpa.ts';
import { DAY, floorTo, HOUR, MINUTE } from '../../../agent/src/core/clock.ts';
import type { ScrapeGrid } from '../../../agent/src/demo/scrapes.ts';
import type { Simulation } from '../../../agent/src/demo/simulation.ts';
import type { HpaSpec } from '../../../agent/src/demo/spec.ts';
import { explain } from '../../../agent/src/detect/explain.ts';
import { limitsFor } from '../../../agent/src/detect/limits.ts';
import type { Anomaly } from '../../../agent/src/domain/anomaly.ts';
import type { HpaKey } from '../../../agent/src/domain/hpa.ts';
import { emptySample, type Sample } from '../../../agent/src/domain/sample.ts';
import { minuteValues } from '../detection/minute-values.ts';

const BACKFILL_MS = 72 * HOUR;
const BACKFILL_STEP_MS = 5 * MINUTE;
/** An agent judges from an hour before the enrolment on, after a look at the twelve hours before. */
export const LOOK_BACK_MS = HOUR;
const WARM_UP_MS = 12 * HOUR;

const NOTHING_MISSED = () => false;

/**
 * What an agent that enrols this HPA at `enrolledAt` says of it until `until`, in the order in which it fired: the samples straight from
 * the simulation, and from there on the code that runs live. Without Prometheus, database or clock, in a tenth of a second.
 */
export function judgedHpa(
  simulation: Simulation,
  grid: ScrapeGrid,
  spec: HpaSpec,
  { enrolledAt, until }: { enrolledAt: number; until: number },
): Anomaly[] {
  const run = simulation.simulate(spec);
  run.advance(until);
  const values = (start: number, end: number, stepMs: number) =>
    minuteValues(run.track, grid, { start, end }, NOTHING_MISSED, stepMs);
  const lastPoint = floorTo(enrolledAt, BACKFILL_STEP_MS);
  const history = values(lastPoint - BACKFILL_MS, lastPoint, BACKFILL_STEP_MS);
  const from = enrolledAt - LOOK_BACK_MS;
  const minutes = values(from, until, MINUTE);
  const key: HpaKey = { cluster: spec.cluster, namespace: spec.namespace, hpa: spec.name };
  const { target } = spec;
  const limits = limitsFor(key, { defaults: {}, namespaces: {}, hpas: {} });
  // As live: what is judged first was not learned before.
  let profile = learn(
    history.filter(({ ts }) => ts <= from),
    { timezone: 'UTC' },
  );
  const before = history.filter(({ ts }) => ts > from - WARM_UP_MS && ts <= from);
  let state = {
    judge: warmedUp(heldEachMinute(before, BACKFILL_STEP_MS), profile, limits),
    anomalies: [] as Anomaly[],
  };
  const fired = new Map<string, Anomaly>();
  for (const { learnAt, samples } of byDay(withEmptyMinutes(minutes, grid, from, until), from)) {
    if (learnAt > enrolledAt)
      profile = learn([...history, ...minutes.filter(({ ts }) => ts > enrolledAt && ts < learnAt)], {
        timezone: 'UTC',
      });
    for (const sample of samples) {
      const judged = judgeHpa(state, [sample], profile, {
        hpaId: 1,
        key,
        limits,
        describeAt: (judge, seen) => (finding, startedAt) =>
          explain(finding, startedAt, {
            key,
            target,
            timezone: 'UTC',
            sample: seen,
            changes: judge.changes === null ? [] : [{ kind: 'config', ...judge.changes }],
          }),
      });
      state = judged.state;
      for (const { anomaly } of judged.transitions) if (anomaly.firedAt !== null) fired.set(anomaly.id, anomaly);
    }
  }
  return [...fired.values()];
}

/** A sample for every minute at which the cluster was scraped, empty where it shows nothing of the HPA. */
function withEmptyMinutes(minutes: readonly Sample[], grid: ScrapeGrid, from: number, until: number): Sample[] {
  const known = new Map(minutes.map((sample) => [sample.ts, sample]));
  const all: Sample[] = [];
  for (let ts = from + MINUTE; ts <= until; ts += MINUTE) {
    const sample = known.get(ts);
    if (sample !== undefined) all.push(sample);
    else if (!grid.isMissed(grid.timeOf(grid.rowsUntil(ts) - 1))) all.push(emptySample(ts));
  }
  return all;
}

/** Profiles are learned again once a day. */
function byDay(samples: readonly Sample[], from: number): { learnAt: number; samples: Sample[] }[] {
  const days: { learnAt: number; samples: Sample[] }[] = [];
  for (const sample of samples) {
    const learnAt = from + LOOK_BACK_MS + Math.floor((sample.ts - from - LOOK_BACK_MS) / DAY) * DAY;
    const last = days.at(-1);
    if (last?.learnAt === learnAt) last.samples.push(sample);
    else days.push({ learnAt, samples: [sample] });
  }
  return days;
}
