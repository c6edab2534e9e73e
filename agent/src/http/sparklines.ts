import type { z } from 'zod';
import type { BaselineMetric, SparklineItem, SparklinesAnswer } from '../contract/api.ts';
import { HPA_TEXT_RULE, type sparklinesQuerySchema } from '../contract/sparklines.ts';
import { DAY, floorTo, MINUTE } from '../core/clock.ts';
import { formatDuration, parseDuration } from '../core/duration.ts';
import type { HpaKey } from '../domain/hpa.ts';
import { bandAt, type HpaProfile } from '../domain/profile.ts';
import type { Sample } from '../domain/sample.ts';
import { invalid } from './input.ts';
import { onSteps } from './present-observed.ts';
import { iso } from './time-text.ts';

export type SparklinesRequest = {
  keys: HpaKey[];
  metric: BaselineMetric;
  stepMs: number;
  /** Beginnings of the steps, ascending, the last one that of now. */
  instants: number[];
};

const MOST_POINTS = 500;
const USUAL_STEP_MS = 5 * MINUTE;
const WINDOW_RULE = 'a duration of whole minutes from 10m to 1d';
const STEP_RULE = 'a duration of whole minutes from 1m to 1d';

/** @throws AgentError `request/invalid` */
export function sparklinesRequest(query: z.output<typeof sparklinesQuerySchema>, now: number): SparklinesRequest {
  const windowMs = minutes('window', query.window, 10 * MINUTE, WINDOW_RULE);
  const stepMs = query.step === undefined ? USUAL_STEP_MS : minutes('step', query.step, MINUTE, STEP_RULE);
  if (windowMs / stepMs > MOST_POINTS) {
    const least = formatDuration(Math.ceil(windowMs / MOST_POINTS / MINUTE) * MINUTE);
    throw invalid(`step ${formatDuration(stepMs)} makes more than ${MOST_POINTS} points of this window`, {
      field: 'step',
      value: query.step ?? null,
      allowed: `at least ${least} for this window`,
    });
  }
  const instants: number[] = [];
  const last = floorTo(now, stepMs);
  for (let at = floorTo(now - windowMs, stepMs); at <= last; at += stepMs) instants.push(at);
  return { keys: [query.hpa].flat().map(keyOf), metric: query.metric, stepMs, instants };
}

function minutes(field: string, text: string, least: number, allowed: string): number {
  const ms = parseDuration(text);
  if (ms !== null && ms >= least && ms <= DAY && ms % MINUTE === 0) return ms;
  throw invalid(`${field} is ${JSON.stringify(text)}; allowed: ${allowed}`, { field, value: text, allowed });
}

/** A cluster may be named with slashes; neither a namespace nor an HPA can. */
function keyOf(text: string): HpaKey {
  const parts = text.split('/');
  const [hpa, namespace] = [parts.pop(), parts.pop()];
  const cluster = parts.join('/');
  if (hpa && namespace && cluster) return { cluster, namespace, hpa };
  throw invalid(`hpa has ${JSON.stringify(text)}; allowed: ${HPA_TEXT_RULE}`, {
    field: 'hpa',
    value: text,
    allowed: HPA_TEXT_RULE,
  });
}

export type Drawn = { key: HpaKey; samples: readonly Sample[]; profile: HpaProfile | null };

/** The whole answer of GET /api/v1/monitoring/sparklines but for `status`. */
export function presentSparklines(
  { metric, stepMs, instants }: SparklinesRequest,
  drawn: readonly Drawn[],
  missing: readonly HpaKey[],
): Omit<SparklinesAnswer, 'status'> {
  return {
    metric,
    from: iso(instants[0] ?? 0),
    to: iso(instants.at(-1) ?? 0),
    step: formatDuration(stepMs),
    timestamps: instants.map(iso),
    items: drawn.map(({ key, samples, profile }) => ({
      ...key,
      values: onSteps(samples, instants, stepMs, metric),
      ...edges(profile, metric, instants),
    })),
    missing: [...missing],
  };
}

const rounded = (value: number): number => Math.round(value * 1_000) / 1_000;

function edges(
  profile: HpaProfile | null,
  metric: BaselineMetric,
  instants: readonly number[],
): Pick<SparklineItem, 'lower' | 'upper'> {
  const known = profile?.[metric];
  if (!known) return { lower: null, upper: null };
  const bands = instants.map((at) => bandAt(known, at));
  return { lower: bands.map(({ lower }) => rounded(lower)), upper: bands.map(({ upper }) => rounded(upper)) };
}
