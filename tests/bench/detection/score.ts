import { DAY, MINUTE } from '../../../agent/src/core/clock.ts';

/** [start, end), epoch ms. */
export type Span = { start: number; end: number };

/** Somebody is told at `start`; `end` null: it never closed. Epoch ms. */
export type Alert = { kind: string; start: number; end: number | null };

/** Something that went wrong and should be found. Epoch ms. */
export type Label = Span & {
  /** Kind of incident. */
  kind: string;
  /** Kinds of alert that name it rightly. */
  expected: readonly string[];
};

/** One HPA: what went wrong and what was said. Only what begins in [from, to) counts. */
export type Case = {
  from: number;
  to: number;
  hpa: string;
  labels: readonly Label[];
  /** Times at which an alert is neither right nor wrong, such as what follows from a changed setting. */
  neutral: readonly Span[];
  alerts: readonly Alert[];
};

/** An alert begins this long after the end of a label at most to find it. */
export const FOUND_WITHIN_MS = 10 * MINUTE;
/** Alerts of one HPA closer than this are one. */
export const ONE_EVENT_MS = 15 * MINUTE;
/** After an incident things settle: what still alerts in this time is no false alarm. */
export const RECOVERY_MS = 60 * MINUTE;

/** Alerts of one HPA, whatever their kind, as events in order of time. */
export function eventsOf(alerts: readonly Alert[]): Alert[] {
  const events: Alert[] = [];
  for (const alert of [...alerts].sort((a, b) => a.start - b.start)) {
    const last = events.at(-1);
    if (last === undefined || (last.end !== null && alert.start - last.end >= ONE_EVENT_MS)) events.push({ ...alert });
    else if (last.end !== null) last.end = alert.end === null ? null : Math.max(last.end, alert.end);
  }
  return events;
}

/** From the start of the label to the first alert that finds it, ms; null: not found. An alert that never closes finds nothing. */
export function delayOf(label: Span, alerts: readonly Alert[]): number | null {
  let best: number | null = null;
  for (const { start, end } of alerts) {
    if (end === null || start < label.start || start > label.end + FOUND_WITHIN_MS) continue;
    if (best === null || start - label.start < best) best = start - label.start;
  }
  return best;
}

const overlaps = (alert: Alert, span: Span): boolean =>
  alert.start < span.end && (alert.end === null || alert.end > span.start || alert.start >= span.start);

const widened = ({ start, end }: Span): Span => ({ start, end: end + RECOVERY_MS });

/** true: about a label; false: a false alarm; null: neither. */
export function verdictOf(alert: Alert, { labels, neutral }: Pick<Case, 'labels' | 'neutral'>): boolean | null {
  if (labels.some((label) => overlaps(alert, widened(label)))) return true;
  return neutral.some((span) => overlaps(alert, widened(span))) ? null : false;
}

/** Length of the union of `spans`, without what lies in `except`, ms. */
export function lengthOutside(spans: readonly Span[], except: readonly Span[]): number {
  const edges = [
    ...spans.flatMap(({ start, end }) => [
      { at: start, alert: 1, mask: 0 },
      { at: end, alert: -1, mask: 0 },
    ]),
    ...except.flatMap(({ start, end }) => [
      { at: start, alert: 0, mask: 1 },
      { at: end, alert: 0, mask: -1 },
    ]),
  ].sort((a, b) => a.at - b.at);
  let [length, alerts, masks, since] = [0, 0, 0, 0];
  for (const { at, alert, mask } of edges) {
    if (alerts > 0 && masks === 0) length += at - since;
    alerts += alert;
    masks += mask;
    since = at;
  }
  return length;
}

export type Recall = {
  labels: number;
  found: number;
  /** Found by an alert of a kind that names it rightly. */
  namedRightly: number;
  /** In order, ms. */
  delays: number[];
};

/** How many of the labels that `counts` are found. */
export function recallOf(cases: readonly Case[], counts: (label: Label, of: Case) => boolean): Recall {
  const recall: Recall = { labels: 0, found: 0, namedRightly: 0, delays: [] };
  for (const one of cases) {
    const events = eventsOf(one.alerts);
    for (const label of one.labels) {
      if (!isScored(label, one) || !counts(label, one)) continue;
      recall.labels += 1;
      const delay = delayOf(label, events);
      if (delay === null) continue;
      recall.found += 1;
      recall.delays.push(delay);
      const right = one.alerts.filter(({ kind }) => label.expected.includes(kind));
      if (delayOf(label, right) !== null) recall.namedRightly += 1;
    }
  }
  recall.delays.sort((a, b) => a - b);
  return recall;
}

/** Whether the time in which it can be found lies within the time that is judged. */
export const isScored = (label: Span, { from, to }: { from: number; to: number }): boolean =>
  label.start >= from && label.end + FOUND_WITHIN_MS <= to;

/**
 * The recall that is left by chance: the labels of each HPA moved on by equal parts of the judged time, around its end.
 * What alerts all the time, or much of it, has a high one.
 */
export function chanceRecall(cases: readonly Case[], counts: (label: Label, of: Case) => boolean, moves = 12): number {
  let [labels, found] = [0, 0];
  for (const one of cases) {
    const events = eventsOf(one.alerts);
    const length = one.to - one.from;
    for (const label of one.labels) {
      if (!isScored(label, one) || !counts(label, one)) continue;
      for (let move = 1; move <= moves; move += 1) {
        const start = one.from + ((label.start - one.from + (length * move) / (moves + 1)) % length);
        labels += 1;
        if (delayOf({ start, end: start + label.end - label.start }, events) !== null) found += 1;
      }
    }
  }
  return labels === 0 ? NaN : found / labels;
}

export type Alarms = {
  events: number;
  falseAlarms: number;
  neutral: number;
  hpaDays: number;
  /** Minutes of alert outside of labels, and outside of labels widened by the time of recovery. */
  minutesOutside: number;
  minutesOutsideRecovery: number;
};

/** Events of all HPAs against the labels; with `kind` only alerts of that kind. */
export function alarmsOf(cases: readonly Case[], kind: string | null = null): Alarms {
  const alarms: Alarms = {
    events: 0,
    falseAlarms: 0,
    neutral: 0,
    hpaDays: 0,
    minutesOutside: 0,
    minutesOutsideRecovery: 0,
  };
  for (const one of cases) {
    const alerts = one.alerts.filter((alert) => kind === null || alert.kind === kind);
    alarms.hpaDays += (one.to - one.from) / DAY;
    for (const event of eventsOf(alerts)) {
      if (event.start < one.from || event.start >= one.to) continue;
      alarms.events += 1;
      const verdict = verdictOf(event, one);
      if (verdict === null) alarms.neutral += 1;
      if (verdict === false) alarms.falseAlarms += 1;
    }
    const on = alerts
      .map(({ start, end }) => ({ start: Math.max(start, one.from), end: Math.min(end ?? one.to, one.to) }))
      .filter(({ start, end }) => end > start);
    const masks = [...one.labels, ...one.neutral];
    alarms.minutesOutside += lengthOutside(on, masks) / MINUTE;
    alarms.minutesOutsideRecovery += lengthOutside(on, masks.map(widened)) / MINUTE;
  }
  return alarms;
}

export const medianOf = (ordered: readonly number[]): number | null =>
  ordered.length === 0
    ? null
    : ((ordered[Math.floor((ordered.length - 1) / 2)] ?? 0) + (ordered[Math.floor(ordered.length / 2)] ?? 0)) / 2;
