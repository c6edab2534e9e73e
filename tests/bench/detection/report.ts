import { MINUTE } from '../../../agent/src/core/clock.ts';
import { alarmsOf, chanceRecall, medianOf, recallOf, type Case, type Label, type Recall } from './score.ts';
import type { SizedLabel } from './simulated.ts';

/** Deviations count from this size on, in half-widths of the band; smaller and shorter ones are told by size. */
const LARGE = 3;
/** Incidents that are nothing but a deviation. All others also break something that can be read as it is, whatever its size. */
const DEVIATIONS: readonly string[] = [
  'load_rise',
  'load_drop',
  'upstream_outage',
  'traffic_spike',
  'level_shift',
  'memory_leak',
  'scale_down_blocked',
];
/** These take long by nature. */
const SLOW: readonly string[] = ['level_shift', 'memory_leak'];

export const isDeviation = ({ kind }: Label): boolean => DEVIATIONS.includes(kind);
const sizeOf = (label: Label): number => (label as SizedLabel).size;
export const isLarge = (label: Label): boolean => !isDeviation(label) || sizeOf(label) >= LARGE;

const SIZES: readonly [name: string, from: number, to: number][] = [
  ['shorter than 20 min', -1, 1e-9],
  ['below 1', 1e-9, 1],
  ['1 to 2', 1, 2],
  ['2 to 3', 2, 3],
  ['3 to 5', 3, 5],
  ['5 and more', 5, Infinity],
];

const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));
const share = (part: number, of: number): number | null => (of === 0 ? null : rounded(part / of));
const minutes = (recall: Recall): number | null => {
  const median = medianOf(recall.delays);
  return median === null ? null : rounded(median / MINUTE, 1);
};
const recallRow = (recall: Recall) => ({
  labels: recall.labels,
  recall: share(recall.found, recall.labels),
  named_rightly: share(recall.namedRightly, recall.labels),
  delay_median_min: minutes(recall),
});

/** The figures of one detector over all cases, as rows. */
export function reportOf(detector: string, cases: readonly Case[], msAnHpa: number): object[] {
  const alarms = alarmsOf(cases);
  const judged = alarms.events - alarms.neutral;
  const large = recallOf(cases, isLarge);
  const fast = recallOf(cases, (label) => isLarge(label) && !SLOW.includes(label.kind));
  const overall = {
    row: 'overall',
    detector,
    labels: large.labels,
    recall: share(large.found, large.labels),
    named_rightly: share(large.namedRightly, large.labels),
    chance_recall: rounded(chanceRecall(cases, isLarge)),
    precision: share(judged - alarms.falseAlarms, judged),
    delay_median_min: minutes(fast),
    events: alarms.events,
    false_alarms: alarms.falseAlarms,
    neutral: alarms.neutral,
    false_alarms_an_hpa_day: rounded(alarms.falseAlarms / alarms.hpaDays),
    minutes_outside_an_hpa_day: rounded(alarms.minutesOutsideRecovery / alarms.hpaDays, 2),
    minutes_outside_an_hpa_day_without_recovery: rounded(alarms.minutesOutside / alarms.hpaDays, 2),
    hpa_days: rounded(alarms.hpaDays, 1),
    ms_an_hpa: Math.round(msAnHpa),
  };
  const kinds = [...new Set(cases.flatMap(({ labels }) => labels.map(({ kind }) => kind)))].sort();
  const byIncident = kinds.map((kind) => {
    const recall = recallOf(cases, (label) => label.kind === kind && isLarge(label));
    return { row: 'incident', detector, incident: kind, ...recallRow(recall) };
  });
  const said = [...new Set(cases.flatMap(({ alerts }) => alerts.map(({ kind }) => kind)))].sort();
  const byAlert = said.map((kind) => {
    const of = alarmsOf(cases, kind);
    const counted = of.events - of.neutral;
    return {
      row: 'alert',
      detector,
      alert: kind,
      alerts: of.events,
      precision: share(counted - of.falseAlarms, counted),
      false_alarms: of.falseAlarms,
      false_alarms_an_hpa_day: rounded(of.falseAlarms / of.hpaDays),
      minutes_outside_an_hpa_day: rounded(of.minutesOutsideRecovery / of.hpaDays, 2),
    };
  });
  const bySize = SIZES.map(([size, from, to]) => {
    const recall = recallOf(cases, (label) => isDeviation(label) && sizeOf(label) >= from && sizeOf(label) < to);
    return { row: 'size', detector, half_widths: size, ...recallRow(recall) };
  });
  return [overall, ...byIncident, ...byAlert, ...bySize];
}

/** What has to hold of the detector itself, on data at which nobody looked while tuning. */
export function verdictOn(rows: readonly object[], detector: string): object {
  type Row = Record<string, number | string | null>;
  const own = (rows as Row[]).filter((row) => row.detector === detector);
  const overall = own.find(({ row }) => row === 'overall') ?? {};
  const incidents = own.filter((row) => row.row === 'incident' && row.recall !== null);
  const worst = incidents.reduce<Row>((a, b) => (Number(b.recall) < Number(a.recall ?? 2) ? b : a), {});
  const checks = {
    recall: [overall.recall, '>=', 0.95],
    worst_recall: [worst.recall, '>=', 0.9],
    false_alarms_an_hpa_day: [overall.false_alarms_an_hpa_day, '<=', 0.05],
    minutes_outside_an_hpa_day: [overall.minutes_outside_an_hpa_day, '<=', 2],
    delay_median_min: [overall.delay_median_min, '<=', 4],
  } as const;
  const ok = Object.values(checks).every(([value, sign, limit]) =>
    sign === '>=' ? Number(value ?? NaN) >= limit : Number(value ?? NaN) <= limit,
  );
  const shown = Object.entries(checks).map(([name, [value, sign, limit]]) => [
    name,
    `${value ?? 'none'} ${sign} ${limit}`,
  ]);
  return {
    row: 'verdict',
    detector,
    worst_incident: worst.incident ?? null,
    ...(Object.fromEntries(shown) as Row),
    ok,
  };
}
