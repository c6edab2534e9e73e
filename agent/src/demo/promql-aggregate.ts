import { unsupported } from './promql-error.ts';
import { dropName, emptySeries, endOf, only, span, without, type StepSeries } from './promql-vector.ts';
import { labelKey } from './series.ts';

type Grouping = { by: readonly string[] | null; without: readonly string[] | null };

/** Adds one more value; `count` is how many there were before. */
const FOLDS: Record<string, (sofar: number, value: number, count: number) => number> = {
  sum: (sum, value) => sum + value,
  avg: (mean, value, count) => mean + (value - mean) / (count + 1),
  min: (least, value, count) => (count === 0 || value < least || Number.isNaN(least) ? value : least),
  max: (most, value, count) => (count === 0 || value > most || Number.isNaN(most) ? value : most),
  count: (count) => count + 1,
  group: () => 1,
};

function grouped(
  series: readonly StepSeries[],
  grouping: Grouping,
): { labels: Record<string, string>; members: StepSeries[] }[] {
  const groups = new Map<string, { labels: Record<string, string>; members: StepSeries[] }>();
  for (const one of series) {
    const labels =
      grouping.without !== null ? dropName(without(one.labels, grouping.without)) : only(one.labels, grouping.by ?? []);
    const key = labelKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, members: [one] });
    else group.members.push(one);
  }
  return [...groups.values()];
}

/**
 * sum, avg, min, max, count, group over groups of series; topk and bottomk, whose `parameter` is k.
 * https://prometheus.io/docs/prometheus/latest/querying/operators/#aggregation-operators
 */
export function aggregate(
  op: string,
  series: readonly StepSeries[],
  grouping: Grouping,
  parameter: Float64Array | null,
): StepSeries[] {
  const groups = grouped(series, grouping);
  if (op === 'topk' || op === 'bottomk') {
    const sign = op === 'topk' ? 1 : -1;
    return groups.flatMap(({ members }) => best(members, sign, (step) => Math.trunc(parameter?.[step] ?? 0)));
  }
  const fold = FOLDS[op];
  if (fold === undefined) throw unsupported(`aggregation ${op}`);
  return groups.map(({ labels, members }) => folded(labels, members, fold));
}

function folded(
  labels: Record<string, string>,
  members: readonly StepSeries[],
  fold: (sofar: number, value: number, count: number) => number,
): StepSeries {
  const [from, to] = span(members);
  const result = emptySeries(labels, from, to);
  const counts = new Uint32Array(to - from);
  for (const member of members) {
    for (let i = 0; i < member.has.length; i++) {
      if (member.has[i] !== 1) continue;
      const at = member.from + i - from;
      const count = counts[at] ?? 0;
      result.values[at] = fold(result.values[at] ?? 0, member.values[i] ?? NaN, count);
      counts[at] = count + 1;
      result.has[at] = 1;
    }
  }
  return result;
}

/** The k largest (or smallest) series of a group, step by step; of equal ones the first. */
function best(members: readonly StepSeries[], sign: 1 | -1, kAt: (step: number) => number): StepSeries[] {
  const results = members.map((member) => emptySeries(member.labels, member.from, endOf(member)));
  const [from, to] = span(members);
  for (let step = from; step < to; step++) {
    const ranked: { index: number; value: number }[] = [];
    members.forEach((member, index) => {
      const i = step - member.from;
      if (member.has[i] === 1) ranked.push({ index, value: member.values[i] ?? NaN });
    });
    const k = kAt(step);
    if (ranked.length > k) ranked.sort((a, b) => order(a.value, b.value, sign) || a.index - b.index);
    for (const { index, value } of ranked.slice(0, Math.max(0, k))) {
      const result = results[index];
      if (result === undefined) continue;
      result.values[step - result.from] = value;
      result.has[step - result.from] = 1;
    }
  }
  return results.filter(({ has }) => has.includes(1));
}

/** NaN comes last either way. */
function order(a: number, b: number, sign: 1 | -1): number {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return sign * (b - a);
}
