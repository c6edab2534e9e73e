import type { HpaProfile } from '../../domain/profile.ts';
import type { Sample } from '../../domain/sample.ts';
import type { FleetHpa } from '../fleet-shelf.ts';
import { invalid } from '../input.ts';
import type { Services } from '../services.ts';
import type { TimeRange } from '../time-range.ts';
import { seriesPerHpa, type SeriesRequest } from './series-answer.ts';

/** One target that draws lines, and the HPAs it draws. */
export type LinePlan = { target: 'series' | 'band'; request: SeriesRequest; hpas: FleetHpa[] };

/** Samples and profiles by the id of the HPA. */
export type Drawn = ReadonlyMap<number, { samples: readonly Sample[]; profile: HpaProfile | null }>;

const MOST_VALUES = 500_000;

const drawsValues = ({ request }: LinePlan): boolean => request.kind === 'series' || request.parts.includes('value');
const drawsBands = ({ request }: LinePlan): boolean => request.kind === 'band';

const rowsOf = (plans: readonly LinePlan[]): Map<number, FleetHpa> =>
  new Map(plans.flatMap(({ hpas }) => hpas.map((hpa) => [hpa.id, hpa] as const)));

/**
 * What all targets draw: one read of the store for the samples of all their HPAs.
 * @throws AgentError `request/invalid` where it is too much at once
 */
export async function readDrawn(
  plans: readonly LinePlan[],
  { from, to, stepMs }: TimeRange,
  { store, baselines }: Pick<Services, 'store' | 'baselines'>,
): Promise<Drawn> {
  const series = plans.reduce((sum, { request, hpas }) => sum + hpas.length * seriesPerHpa(request), 0);
  const points = Math.ceil((to - from) / stepMs);
  if (series * points > MOST_VALUES)
    throw invalid(`${series} series of ${points} points are too many at once`, {
      field: 'targets',
      value: `${series * points} values`,
      allowed: `at most ${MOST_VALUES} values: fewer HPAs or metrics, a shorter range or fewer maxDataPoints`,
    });
  const valued = [...rowsOf(plans.filter(drawsValues)).keys()];
  const banded = [...rowsOf(plans.filter(drawsBands)).values()];
  const [samples, profiles] = await Promise.all([
    valued.length === 0 ? new Map<number, Sample[]>() : store.readSeriesOf(valued, { from, to, stepMs }),
    Promise.all(banded.map(async (hpa) => [hpa.id, await baselines.profileOf(hpa)] as const)),
  ]);
  const profileOf = new Map(profiles);
  const ids = new Set([...valued, ...profileOf.keys()]);
  return new Map([...ids].map((id) => [id, { samples: samples.get(id) ?? [], profile: profileOf.get(id) ?? null }]));
}
