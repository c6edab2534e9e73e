import { z } from 'zod';
import { ANOMALY_KINDS, PROFILED_METRICS, SEVERITIES } from '../domain/anomaly.ts';
import { wallClockMs } from '../domain/local-time.ts';
import type { HpaWatchState } from './judge-hpa.ts';
import { isValue } from '../domain/sample.ts';
import type { HpaProfile } from '../domain/profile.ts';

/**
 * What is kept of each HPA for judging it, as JSON. Read with care, since one text that cannot be read must not keep a whole cluster from being
 * judged: null then, and it is learned anew. Neither function throws.
 */

/** As `detector_state.profile` keeps it. */
export type StoredProfile = { learnedAt: number; profile: HpaProfile };

/** Bands add and multiply them. */
const number = z.number().refine(isValue);
/** What a date can be of. */
const instant = z.int().min(-8.64e15).max(8.64e15);
const maybe = number.nullable();
const since = instant.nullable();
const side = z.union([z.literal(-1), z.literal(0), z.literal(1)]);

const metricMemory = z.looseObject({
  outSince: since,
  side,
  straySince: since,
  on: z.enum(['load', 'stray']).optional(),
  surprise: z.looseObject({ at: instant, residuals: z.array(number), mean: number, score: number }).nullable(),
  score: number,
});

const judgeState = z.looseObject({
  at: since,
  spec: z.record(z.string(), number),
  changes: z
    .looseObject({ at: instant, of: z.array(z.looseObject({ field: z.string(), from: number, to: number })) })
    .nullable(),
  recent: z.array(z.looseObject({ ts: instant, current: maybe, desired: maybe, ready: maybe })),
  emptySince: since,
  podsEmptySince: since,
  cpuSettledAt: number,
  load: z.looseObject({
    drift: maybe,
    origin: z.looseObject({ side, drift: number, level: number, at: instant }).optional(),
    recent: maybe,
    since,
    side,
    residual: maybe,
    jump: maybe,
    limit: number,
    mean: number,
    count: number,
  }),
  metrics: z.looseObject({ cpu: metricMemory, memory: metricMemory, replicas: metricMemory, pressure: metricMemory }),
  memoryPoints: z.array(z.tuple([number, number, number])),
  idleSince: since,
  idleAtMinSince: since,
});

const anomaly = z.looseObject({
  id: z.string(),
  hpaId: z.int(),
  key: z.looseObject({ cluster: z.string(), namespace: z.string(), hpa: z.string() }),
  kind: z.enum(ANOMALY_KINDS),
  severity: z.enum(SEVERITIES),
  state: z.enum(['pending', 'firing', 'resolved']),
  startedAt: instant,
  firedAt: since,
  lastSeenAt: instant,
  endedAt: since,
  metric: z.enum(PROFILED_METRICS).nullable(),
  direction: z.enum(['over', 'under']).nullable(),
  observed: maybe,
  band: z.looseObject({ expected: number, lower: number, upper: number }).nullable(),
  score: number,
  sentence: z.string(),
  advice: z.string().nullable(),
  promql: z.string(),
  parentId: z.string().nullable(),
  clusterEventId: z.string().nullable(),
  acknowledgedAt: since,
  excluded: z.boolean(),
});

const state = z.looseObject({ judge: judgeState, anomalies: z.array(anomaly) });

const tail = z.looseObject({ u: number, e: number });
const tails = z.looseObject({ high: tail, low: tail });
const profile = z.looseObject({
  metric: z.string(),
  timezone: z.string().refine(isTimezone),
  from: instant,
  to: instant,
  points: number,
  model: z.enum(['level', 'daily', 'day_type', 'weekly']),
  level: number,
  slots: z.array(number),
  doubt: z.array(number).nullable(),
  days: z.looseObject({ working: number, weekend: number }),
  floor: number,
  spread: tails,
  surprise: z.looseObject({ level: tails, jump: tails, misfit: tail }),
});

const PROFILES = ['cpu', 'memory', 'replicas', 'pressure', 'demand'] as const;
const storedProfile = z.looseObject({ learnedAt: instant, profile: z.partialRecord(z.enum(PROFILES), profile) });

/** `detector_state.state` */
export const readState = (text: string): HpaWatchState | null => read(state, text) as HpaWatchState | null;

/** `detector_state.profile` */
export const readProfile = (text: string): StoredProfile | null => read(storedProfile, text) as StoredProfile | null;

/** What was parsed, not zod's copy of it: in the lists of that each number may be an object of its own, in three times the memory. */
function read(schema: z.ZodType, text: string): unknown {
  try {
    const parsed: unknown = JSON.parse(text);
    return schema.safeParse(parsed).success ? parsed : null;
  } catch {
    return null;
  }
}

function isTimezone(name: string): boolean {
  try {
    wallClockMs(0, name);
    return true;
  } catch {
    return false;
  }
}
