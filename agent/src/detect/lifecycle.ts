import { MINUTE } from '../core/clock.ts';
import type { Anomaly, AnomalyKind, Finding, Severity } from '../domain/anomaly.ts';
import { SEVERITIES } from '../domain/anomaly.ts';
import type { HpaKey } from '../domain/hpa.ts';
import { grouped } from './grouping.ts';
import type { Limits } from './limits.ts';

/** How an anomaly is put in words; see explain.ts. */
export type Words = Pick<Anomaly, 'sentence' | 'advice' | 'promql'>;

export type LifecycleContext = {
  hpaId: number;
  key: HpaKey;
  limits: Limits;
  describe: (finding: Finding, startedAt: number) => Words;
};

/** What one sample did to an anomaly. `updated`: still on, with newer values; not worth a message. */
export type Transition = {
  change: 'pending' | 'fired' | 'reopened' | 'updated' | 'worsened' | 'resolved' | 'dropped';
  anomaly: Anomaly;
};

/** A pending anomaly may miss one sample. */
const PENDING_PATIENCE_MS = 2 * MINUTE;
/** What is over for certain closes after this long: two samples in a row. */
const OVER_PATIENCE_MS = 2 * MINUTE;
/** Without any sample that could tell, an anomaly is closed after this long: nobody knows. */
const UNKNOWN_PATIENCE_MS = 60 * MINUTE;

/** What was said of one sample; see judge.ts. */
export type JudgedSample = { at: number; findings: readonly Finding[] } & Readonly<
  Record<'unknown' | 'over', readonly AnomalyKind[]>
>;

/**
 * One sample's findings applied to the anomalies of one HPA. Everything is counted by sample time, so a late scan, a restart or a catch-up
 * after an outage gives the same anomalies with the same ids.
 *
 * `known`: the HPA's anomalies that are pending or firing, and those resolved so recently that they may open again; kept by the caller
 * (memory or database). `next` is what to pass with the following sample. Pending ones need not be shown to anybody.
 */
export function advance(
  known: readonly Anomaly[],
  sample: JudgedSample,
  context: LifecycleContext,
): { next: Anomaly[]; transitions: Transition[] } {
  const { at, findings } = sample;
  const transitions: Transition[] = [];
  const next: Anomaly[] = [];
  const byKind = new Map(findings.map((finding) => [finding.kind, finding]));
  const seen = new Set<AnomalyKind>();
  const keep = (transition: Transition) => {
    transitions.push(transition);
    if (transition.change !== 'dropped') next.push(transition.anomaly);
  };
  const resting = known.filter(
    ({ kind, state, endedAt }) =>
      state === 'resolved' && at - (endedAt ?? at) <= context.limits[kind].reopenMinutes * MINUTE,
  );
  for (const anomaly of known) {
    const { kind } = anomaly;
    if (anomaly.state === 'resolved') continue;
    seen.add(kind);
    const stepped = step(anomaly, byKind.get(kind), sample, context);
    keep(stepped.change === 'fired' ? fired(stepped.anomaly, at, resting) : stepped);
  }
  for (const finding of findings) {
    if (seen.has(finding.kind) || finding.level !== 'enter') continue;
    const anomaly = opened(finding, context);
    const isFiring = isDue(anomaly, at, context.limits);
    keep(isFiring ? fired(anomaly, at, resting) : { change: 'pending', anomaly });
  }
  const ids = new Set(next.map(({ id }) => id));
  next.push(...resting.filter(({ id }) => !ids.has(id)));
  return withFamilies(next, transitions);
}

function step(
  anomaly: Anomaly,
  finding: Finding | undefined,
  sample: JudgedSample,
  context: LifecycleContext,
): Transition {
  const { limits } = context;
  const { at } = sample;
  if (anomaly.state === 'pending' && finding !== undefined && isOtherWay(anomaly, finding)) {
    // A blip that overshoots on its way back is not one departure that has gone on for as long as both.
    const change = finding.level === 'enter' ? 'pending' : 'dropped';
    return { change, anomaly: change === 'pending' ? opened(finding, context) : anomaly };
  }
  const quietMs = at - anomaly.lastSeenAt;
  if (finding === undefined) {
    if (anomaly.state === 'pending') return { change: quietMs > PENDING_PATIENCE_MS ? 'dropped' : 'updated', anomaly };
    if (quietMs < patienceMs(anomaly.kind, sample, limits)) return { change: 'updated', anomaly };
    return { change: 'resolved', anomaly: { ...anomaly, state: 'resolved', endedAt: anomaly.lastSeenAt } };
  }
  const updated = refreshed(anomaly, finding, context);
  if (anomaly.state === 'pending') {
    return finding.level === 'enter' && isDue(updated, at, limits)
      ? { change: 'fired', anomaly: { ...updated, state: 'firing', firedAt: at } }
      : { change: 'updated', anomaly: updated };
  }
  const isWorse = rank(updated.severity) > rank(anomaly.severity);
  return { change: isWorse ? 'worsened' : 'updated', anomaly: updated };
}

/** How long it stays open without being seen. */
function patienceMs(kind: AnomalyKind, { unknown, over }: JudgedSample, limits: Limits): number {
  if (unknown.includes(kind)) return UNKNOWN_PATIENCE_MS;
  const leaveMs = limits[kind].leaveMinutes * MINUTE;
  return over.includes(kind) ? Math.min(leaveMs, OVER_PATIENCE_MS) : leaveMs;
}

const isOtherWay = ({ direction }: Anomaly, finding: Finding): boolean =>
  direction !== null && finding.direction !== null && direction !== finding.direction;

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

/** Enough minutes by sample time, the first one counted. */
const isDue = ({ kind, startedAt, lastSeenAt }: Anomaly, at: number, limits: Limits): boolean =>
  lastSeenAt === at && at - startedAt >= (limits[kind].enterMinutes - 1) * MINUTE;

/** Same for the same HPA, kind and start, whoever computes it. */
export const anomalyId = (hpaId: number, kind: AnomalyKind, startedAt: number): string =>
  `${hpaId}-${kind}-${startedAt.toString(36)}`;

function opened(finding: Finding, { hpaId, key, describe }: LifecycleContext): Anomaly {
  const startedAt = finding.since ?? finding.at;
  const { kind, severity, metric, direction, observed, band, score } = finding;
  return {
    id: anomalyId(hpaId, kind, startedAt),
    hpaId,
    key,
    kind,
    severity,
    state: 'pending',
    startedAt,
    firedAt: null,
    lastSeenAt: finding.at,
    endedAt: null,
    metric,
    direction,
    observed,
    band,
    score,
    ...describe(finding, startedAt),
    parentId: null,
    clusterEventId: null,
    acknowledgedAt: null,
    excluded: false,
  };
}

/**
 * The newest values; the worst severity and score stay. A finding that only holds it open moves its end and nothing else: what is read
 * afterwards is what it was about, not how it faded.
 */
function refreshed(anomaly: Anomaly, finding: Finding, { describe }: LifecycleContext): Anomaly {
  if (finding.level === 'hold') return { ...anomaly, lastSeenAt: finding.at };
  const severity = rank(finding.severity) > rank(anomaly.severity) ? finding.severity : anomaly.severity;
  const { metric, direction, observed, band } = finding;
  const score = Math.max(anomaly.score, finding.score);
  const words = describe({ ...finding, severity }, anomaly.startedAt);
  return { ...anomaly, severity, lastSeenAt: finding.at, metric, direction, observed, band, score, ...words };
}

/** Fires; one of the same kind that ended shortly before goes on instead, under its old id. */
function fired(anomaly: Anomaly, at: number, resting: readonly Anomaly[]): Transition {
  const earlier = resting.find(({ kind }) => kind === anomaly.kind);
  if (earlier === undefined) return { change: 'fired', anomaly: { ...anomaly, state: 'firing', firedAt: at } };
  const { id, startedAt, firedAt, acknowledgedAt, excluded, clusterEventId } = earlier;
  const kept = { id, startedAt, firedAt, acknowledgedAt, excluded, clusterEventId };
  return { change: 'reopened', anomaly: { ...anomaly, ...kept, state: 'firing', endedAt: null } };
}

function withFamilies(next: readonly Anomaly[], transitions: readonly Transition[]) {
  const families = grouped(next);
  const final = (anomaly: Anomaly): Anomaly => ({ ...anomaly, parentId: families.get(anomaly.id) ?? anomaly.parentId });
  return {
    next: next.map(final),
    transitions: transitions.map(({ change, anomaly }) => ({ change, anomaly: final(anomaly) })),
  };
}
