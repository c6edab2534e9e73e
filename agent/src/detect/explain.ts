import type { Band, Finding, ProfiledMetric } from '../domain/anomaly.ts';
import type { HpaKey, ScaleTarget } from '../domain/hpa.ts';
import { dayOf, wallClockMs } from '../domain/local-time.ts';
import type { Sample } from '../domain/sample.ts';
import type { ConfigFieldChange, Rollout } from '../domain/change.ts';
import type { Words } from './lifecycle.ts';
import { advised } from './advice.ts';
import { configChangeWords, FIELD_NAME, FIELDS, rolloutWords } from './change-words.ts';
import { promqlFor } from './promql.ts';

/** What happened to the HPA or its target, told by whoever saw it. */
export type RecentChange =
  | ({ kind: 'rollout'; at: number } & Pick<Rollout, 'to' | 'isReturn'>)
  | { kind: 'config'; at: number; of: readonly ConfigFieldChange[] };

export type Scene = {
  key: HpaKey;
  target: ScaleTarget | null;
  /** IANA zone in which times are written. */
  timezone: string;
  sample: Sample;
  /** In any order; what came after the sample is not told. */
  changes: readonly RecentChange[];
};

/** What came before this long is not to blame. */
const SHORTLY_MS = 60 * 60_000;
const A_LITTLE_MS = 5 * 60_000;

/** One finding in words: what, how it usually is, since when, what stands beside it, what changed before, what to try. */
export function explain(finding: Finding, startedAt: number, scene: Scene): Words {
  const { key, target, timezone, changes } = scene;
  const name = `${key.namespace}/${key.hpa}`;
  const since = `since ${clockTime(startedAt, finding.at, timezone)}`;
  const before = latestBefore(startedAt, finding.at, changes);
  const when = before && clockTime(before.at, finding.at, timezone);
  const told =
    before === undefined || finding.kind === 'config_changed'
      ? ''
      : ` Shortly before, at ${when}: ${changeWords(before, target)}.`;
  return {
    sentence: `${statement(finding, name, since, scene)}${told}`,
    advice: advised(finding, scene.sample, before && when ? { kind: before.kind, when } : null),
    promql: promqlFor(finding.kind, key, target),
  };
}

/** The change nearest to the start. A rollout shows a little after what it does, and a start may be found a little late. */
const latestBefore = (startedAt: number, now: number, changes: readonly RecentChange[]): RecentChange | undefined =>
  changes
    .filter(({ at }) => at <= Math.min(now, startedAt + A_LITTLE_MS) && at >= startedAt - SHORTLY_MS)
    .reduce<RecentChange | undefined>(
      (latest, change) => (latest && latest.at > change.at ? latest : change),
      undefined,
    );

/** 14:05, with the day where it is another. */
export function clockTime(at: number, now: number, timezone: string): string {
  const wall = wallClockMs(at, timezone);
  const text = new Date(wall).toISOString();
  return dayOf(wall) === dayOf(wallClockMs(now, timezone))
    ? text.slice(11, 16)
    : `${text.slice(5, 10)} ${text.slice(11, 16)}`;
}

const UNIT: Readonly<Record<ProfiledMetric, string>> = { cpu: ' %', memory: ' MiB a pod', replicas: '', pressure: '' };
const NAME: Readonly<Record<ProfiledMetric, string>> = {
  cpu: 'CPU',
  memory: 'Memory',
  replicas: 'The number of replicas',
  pressure: 'Load against target',
};

/** Digits that matter to a reader: pressure two decimals, everything else whole unless small. */
export function amount(value: number | null, metric: ProfiledMetric | null): string {
  if (value === null) return 'unknown';
  if (metric === 'pressure') return value.toFixed(2);
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

function deviationWords(
  { metric, observed, band, direction }: Finding,
  name: string,
  since: string,
  { sample }: Scene,
): string {
  if (metric === null || band === null) return `${name} departs from what is usual, ${since}.`;
  const unit = metric === 'cpu' ? (sample.cpuBasis === 'core' ? ' % of a core' : ' % of request') : UNIT[metric];
  const range = `${rangeWords(band, metric)}${metric === 'cpu' ? ' %' : unit}`;
  const side = direction === 'under' ? ' Far less than usual can mean that its work no longer arrives.' : '';
  return `${NAME[metric]} of ${name} is ${amount(observed, metric)}${unit}, ${since}; at this hour it is usually ${range}.${replicaWords(sample, metric)}${direction === 'under' && metric !== 'memory' ? side : ''}`;
}

/** Of replicas the whole numbers that lie inside. */
function rangeWords({ lower, upper }: Band, metric: ProfiledMetric): string {
  const [from, to] = metric === 'replicas' ? [Math.ceil(lower), Math.floor(upper)] : [lower, upper];
  return to <= from ? amount(from, metric) : `${amount(from, metric)}-${amount(to, metric)}`;
}

function replicaWords(sample: Sample, metric: ProfiledMetric): string {
  const { replicasCurrent: current, replicasMax: max, replicasMin: min, scalingLimited } = sample;
  if (current === null) return '';
  if (max !== null && current >= max && min !== max)
    return ` Replicas are at max (${max})${scalingLimited === 1 ? ' and the HPA is limited' : ''}.`;
  if (metric === 'replicas') return '';
  return ` Replicas: ${current}${min !== null && max !== null ? ` (${min} to ${max})` : ''}.`;
}

const number = (value: number | string | null | undefined): number => (typeof value === 'number' ? value : 0);

function statement(finding: Finding, name: string, since: string, scene: Scene): string {
  const { facts } = finding;
  const pressure = typeof facts.pressure === 'number' ? facts.pressure.toFixed(2) : null;
  switch (finding.kind) {
    case 'cpu_deviation':
    case 'memory_deviation':
    case 'replicas_deviation':
    case 'pressure_deviation':
      return deviationWords(finding, name, since, scene);
    case 'level_shift': {
      const percent = Math.round(100 * Math.abs(number(facts.factor) - 1));
      const side = number(facts.factor) > 1 ? 'above' : 'below';
      return `The load of ${name} has a new level ${since}: ${percent} % ${side} what is usual at these hours; replicas are ${amount(finding.observed, 'replicas')}.`;
    }
    case 'maxed_out':
      return `${name} is at its maximum of ${facts.max} replicas ${since} and wants more${pressure === null ? '' : `: its load is ${pressure} times the target`}.`;
    case 'scaling_stuck':
      return `${name} is at ${pressure ?? '?'} times its target ${since} with ${facts.replicas} of at most ${facts.max} replicas, and the HPA does not ask for more.`;
    case 'oscillation':
      return `Replicas of ${name} went up and down ${facts.reversals} times within ten minutes, between ${facts.low} and ${facts.high}, ${since}.`;
    case 'replicas_mismatch':
      return facts.cause === 'not_ready'
        ? `Only ${facts.ready} of ${facts.current} replicas of ${name} are ready, ${since}, and no more become ready.`
        : `The HPA wants ${facts.desired} replicas of ${name}, there are ${facts.current}, and that does not change, ${since}.`;
    case 'scaling_inactive':
      return `The HPA of ${name} cannot compute ${since} (ScalingActive is false), so its ${facts.replicas ?? 'replicas'} ${facts.replicas === null ? 'stay' : 'replicas stay'} whatever the load.`;
    case 'underutilised':
      return facts.atMin === 1
        ? `${name} needs less than half of its minimum of ${facts.min} replicas, ${since}: its load is ${pressure} times the target.`
        : `${name} keeps ${facts.replicas} replicas (minimum ${facts.min}) ${since} although its load is only ${pressure} times the target.`;
    case 'memory_leak': {
      const hours = facts.hoursToRequest;
      const end = typeof hours === 'number' ? `; it reaches its request in about ${amount(hours, null)} h` : '';
      return `Memory of ${name} has risen by ${amount(number(facts.mibAnHour), null)} MiB an hour and pod ${since}, now ${amount(finding.observed, 'memory')} MiB where ${amount(number(facts.usual), 'memory')} MiB is usual${end}.`;
    }
    case 'telemetry_lost':
      return facts.what === 'pods'
        ? `CPU and memory of the pods of ${name} are missing ${since}, although the cluster answers.`
        : `Nothing is known of ${name} ${since}, although the cluster answers.`;
    case 'config_changed':
      return `The HPA of ${name} was changed at ${since.slice(6)}: ${configWords(facts)}.`;
  }
}

const configWords = (facts: Finding['facts']): string =>
  FIELDS.filter((field) => facts[field] !== undefined)
    .map((field) => `${FIELD_NAME[field]} from ${facts[`${field}From`]} to ${facts[field]}`)
    .join(', ');

const changeWords = (change: RecentChange, target: ScaleTarget | null): string =>
  change.kind === 'rollout' ? rolloutWords(change, target) : change.of.map(configChangeWords).join(', ');
