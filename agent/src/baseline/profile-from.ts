import { DAY } from '../core/clock.ts';
import { TRUSTED_DAYS, type Profile, type ProfileMetric, type SeasonalModel } from '../domain/profile.ts';
import { observe, POINT_MS, type SurpriseState } from '../domain/surprise.ts';
import { isWeekend } from '../domain/local-time.ts';
import { placed, Season, type PlacedPoint, type Point } from './season.ts';
import { median, tailsOf, upperTail, type DayValue } from './tails.ts';

export type ProfileOptions = {
  metric: ProfileMetric;
  /** IANA name; days and times of day are taken in it. */
  timezone: string;
  /** Smallest change that matters, in the metric's unit. */
  floor: number;
  /** Minutes a person left out: confirmed incidents. Both ends included, epoch ms. */
  exclude?: readonly { from: number; to: number }[];
  /** Nothing before this instant counts: a new normal was accepted. */
  since?: number;
};

/** Fewer points say nothing: about eight hours. */
const MIN_POINTS = 100;
/** Share of a day's points that make it a day. */
const WHOLE_DAY = 0.5;
const POINTS_A_DAY = DAY / POINT_MS;
/** Weeks are looked for from this many days on. */
const WEEKLY_FROM_DAYS = 14;
/** Statistics look back this far. */
const MEMORY_DAYS = 14;
/** A seasonal model must be this much better than the level alone. */
const WORTH_IT = 0.98;
/** Weight of a point in the recent error: a memory of two days. */
const ERROR_WEIGHT = 1 / (2 * POINTS_A_DAY);

/**
 * Five-minute points, ascending, -> what is usual; null where there are too few of them. Never looks at a clock: the history ends where the
 * points end. Source of the method: robust seasonal medians with Fisher's combination of empirical tails (docs/detection.md).
 * @throws RangeError where the time zone is unknown
 */
export function profileFrom(all: readonly Point[], options: ProfileOptions): Profile | null {
  const { metric, timezone, floor, exclude = [], since = -Infinity } = options;
  const isCounted = ({ ts }: Point) => ts >= since && !exclude.some(({ from, to }) => ts >= from && ts <= to);
  const points = placed(all.filter(isCounted), timezone);
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < MIN_POINTS) return null;

  const days = daysOf(points);
  const level = median(points.map(({ value }) => value));
  const daily = new Season('daily', points);
  const season = bestSeason(points, days, level, daily);
  const residuals = residualsOf(points, season, level);
  const statistics = statisticsOf(residuals);
  return {
    metric,
    timezone,
    from: first.ts,
    to: last.ts,
    points: points.length,
    model: season?.model ?? 'level',
    level: rounded(level),
    slots: slotsOf(season, daily, level).map(rounded),
    // The load has its own remedy: a departure of it begins with a movement of its own (detect/load-departure.ts).
    doubt: metric !== 'demand' && isDoubtful(season, days) ? medianSlots(daily, level).map(rounded) : null,
    days: { working: days.working, weekend: days.weekend },
    floor,
    spread: tailsOf(
      residuals.map(({ point, outside }) => ({ day: point.day, value: outside })),
      floor,
    ),
    surprise: {
      level: tailsOf(statistics.level, floor),
      jump: tailsOf(statistics.jump, floor),
      misfit: upperTail(statistics.misfit, floor),
    },
  };
}

/** Six significant digits: a profile is kept as text. */
const rounded = (value: number): number => Number(value.toPrecision(6));

type Days = { working: number; weekend: number; spanDays: number };

function daysOf(points: readonly PlacedPoint[]): Days {
  const perDay = new Map<number, { count: number; weekend: boolean }>();
  for (const { day, wallMs } of points) {
    const known = perDay.get(day) ?? { count: 0, weekend: isWeekend(wallMs) };
    known.count++;
    perDay.set(day, known);
  }
  const whole = [...perDay.values()].filter(({ count }) => count >= WHOLE_DAY * POINTS_A_DAY);
  const weekend = whole.filter((day) => day.weekend).length;
  const spanDays = ((points.at(-1)?.ts ?? 0) - (points[0]?.ts ?? 0)) / DAY;
  return { working: whole.length - weekend, weekend, spanDays };
}

/** The model with the lowest recent error; null: the level alone. Working days and weekends stand apart as soon as both are there. */
function bestSeason(points: readonly PlacedPoint[], days: Days, level: number, daily: Season): Season | null {
  if (days.working + days.weekend < 2) return null;
  const candidates: Exclude<SeasonalModel, 'level'>[] = [];
  if (days.working > 1 && days.weekend > 0) candidates.push('day_type');
  if (days.spanDays >= WEEKLY_FROM_DAYS) candidates.push('weekly');
  const seasons = [daily, ...candidates.map((model) => new Season(model, points))];
  const errorOf = (season: Season | null): number => {
    let error = 0;
    for (const point of points) {
      const expected = season?.fromOtherDays(point) ?? (season === null ? null : daily.fromOtherDays(point)) ?? level;
      error += ERROR_WEIGHT * (Math.abs(point.value - expected) - error);
    }
    return error;
  };
  let best: Season | null = null;
  let least = errorOf(null) * WORTH_IT;
  for (const season of seasons) {
    const error = errorOf(season);
    if (error > least) continue;
    [best, least] = [season, error];
  }
  return best;
}

function slotsOf(season: Season | null, daily: Season, level: number): number[] {
  if (season === null) return [];
  const all = medianSlots(daily, level);
  return season === daily ? all : season.medians().map((value, slot) => value ?? all[slot % all.length] ?? level);
}

const medianSlots = (daily: Season, level: number): number[] => daily.medians().map((value) => value ?? level);

const isDoubtful = (season: Season | null, { working, weekend }: Days): boolean =>
  season?.model === 'day_type' && Math.min(working, weekend) < TRUSTED_DAYS;

/** `outside`: how far beyond what the neighbourhood in time makes likely, 0 inside. */
type Residual = { point: PlacedPoint; value: number; outside: number };

/**
 * All of the memory against the model chosen now, not the one of its own time. Days that have no like in the history are left out where
 * others are left: they would make bands as wide as the difference between a Saturday and a Monday.
 */
function residualsOf(points: readonly PlacedPoint[], season: Season | null, level: number): Residual[] {
  const from = (points.at(-1)?.day ?? 0) - MEMORY_DAYS;
  const found: Residual[] = [];
  for (const point of points) {
    if (point.day <= from) continue;
    if (season === null) {
      found.push({ point, value: point.value - level, outside: point.value - level });
      continue;
    }
    const expected = season.fromOtherDays(point);
    const span = season.spanOfOtherDays(point);
    if (expected === null || span === null) continue;
    const { least, most } = span;
    const outside = point.value > most ? point.value - most : Math.min(0, point.value - least);
    found.push({ point, value: point.value - expected, outside });
  }
  return found;
}

function statisticsOf(residuals: readonly Residual[]): Record<'level' | 'jump' | 'misfit', DayValue[]> {
  const found: Record<'level' | 'jump' | 'misfit', DayValue[]> = { level: [], jump: [], misfit: [] };
  let state: SurpriseState | null = null;
  for (const { point, value } of residuals) {
    const next = observe(state, point.ts, point.value, value);
    state = next.state;
    for (const name of ['level', 'jump', 'misfit'] as const) {
      const statistic = next.statistics[name];
      if (statistic !== null) found[name].push({ day: point.day, value: statistic });
    }
  }
  return found;
}
