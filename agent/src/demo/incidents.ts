import { HOUR, MINUTE } from '../core/clock.ts';
import { ALL_INCIDENT_KINDS, INCIDENT_KINDS, PARTIAL_KINDS, type IncidentKind } from './incident-kinds.ts';
import { between, keyOf, mix, uniform } from './rng.ts';
import type { ClusterSpec, HpaSpec } from './spec.ts';

/** Something that goes wrong with one HPA in [start, end), epoch ms. */
export type Incident = {
  kind: IncidentKind;
  start: number;
  end: number;
  /** Of partial kinds: the part of the load that comes on top or goes away. */
  part?: number;
};

/** What a detector should have found, and when. */
export type IncidentLabel = {
  kind: IncidentKind;
  cluster: string;
  namespace: string;
  hpa: string;
  start: number;
  end: number;
  /** Kinds of anomaly of which at least one should be found, best first. */
  expected: readonly string[];
};

export type IncidentPlan = {
  seed: number;
  /** Incidents an HPA has a day on average; 0 for none. */
  perHpaDay: number;
  /** Share of them that only change the load by a part of it; none by default. */
  partialShare?: number;
  /** No scheduled incident begins before this instant, epoch ms. */
  from: number;
  /** With an instant, some incidents are under way then or begin within the first minutes after. null: none of these. */
  liveFrom: number | null;
};

/** What is on at `liveFrom` and soon after: kind, start and duration against it. */
const STORY: readonly [IncidentKind, number, number][] = [
  ['memory_leak', -5 * HOUR, 11 * HOUR],
  ['traffic_spike', -12 * MINUTE, 50 * MINUTE],
  ['scale_down_blocked', -4 * HOUR, 8 * HOUR],
  ['upstream_outage', -4 * MINUTE, 45 * MINUTE],
  ['flapping', -6 * MINUTE, 45 * MINUTE],
  ['metrics_lost', 1 * MINUTE, 30 * MINUTE],
  ['scaling_blocked', 2 * MINUTE, 45 * MINUTE],
  ['level_shift', -35 * MINUTE, 10 * HOUR],
  ['replicas_overwritten', 3 * MINUTE, 35 * MINUTE],
  ['telemetry_lost', 4 * MINUTE, 30 * MINUTE],
  ['max_changed', 5 * MINUTE, 4 * HOUR],
  ['pods_pending', 6 * MINUTE, 40 * MINUTE],
];

/** Each HPA has at most one scheduled incident in each slot of this length, so that it recovers in between. */
const SLOT_MS = 12 * HOUR;
const RECOVERY_MS = 90 * MINUTE;

const idOf = ({ cluster, namespace, name }: HpaSpec): string => `${cluster}/${namespace}/${name}`;
/** What sleeps at night shows no incident then, so it is left in peace: its nights are the point. */
const isExempt = (spec: HpaSpec): boolean => spec.sleeps !== null;

function scheduled(spec: HpaSpec, plan: IncidentPlan, slot: number): Incident | null {
  const key = keyOf(plan.seed ^ 0x3c6ef372, idOf(spec));
  if (isExempt(spec) || uniform(key, slot * 4) >= (plan.perHpaDay * SLOT_MS) / (24 * HOUR)) return null;
  const kinds = ALL_INCIDENT_KINDS.filter((kind) => INCIDENT_KINDS[kind].fits(spec));
  const partial = partialOf(key, slot, plan);
  // Kinds in turn, from a place that differs by HPA: so a long run has about as many of each.
  const kind = partial?.kind ?? kinds[(mix(key, 1) + slot * 5) % kinds.length] ?? 'upstream_outage';
  const [shortest, longest] = INCIDENT_KINDS[kind].duration;
  const duration = Math.round(between(key, slot * 4 + 1, shortest, longest) / MINUTE) * MINUTE;
  const latest = SLOT_MS - duration - RECOVERY_MS;
  const start = slot * SLOT_MS + Math.floor(between(key, slot * 4 + 2, 0, latest) / MINUTE) * MINUTE;
  return start < plan.from ? null : { ...partial, kind, start, end: start + duration };
}

function partialOf(
  key: number,
  slot: number,
  { partialShare = 0 }: IncidentPlan,
): Pick<Incident, 'kind' | 'part'> | null {
  if (uniform(key ^ 0x1f83d9ab, slot * 4) >= partialShare) return null;
  const kind = PARTIAL_KINDS[mix(key ^ 0x1f83d9ab, slot * 4 + 1) % PARTIAL_KINDS.length] ?? 'load_drop';
  return { kind, part: between(key ^ 0x1f83d9ab, slot * 4 + 2, 0.1, kind === 'load_rise' ? 1.8 : 0.9) };
}

/** Which HPA has which part of the story: as many different HPAs as there are, chosen by seed. */
export function castStory(fleet: readonly ClusterSpec[], plan: IncidentPlan): Map<string, Incident[]> {
  const cast = new Map<string, Incident[]>();
  const { liveFrom } = plan;
  if (liveFrom === null) return cast;
  const key = keyOf(plan.seed, 'story');
  const free = fleet
    .flatMap(({ hpas }) => hpas)
    .filter((spec) => !isExempt(spec))
    .map((spec) => ({ spec, rank: mix(keyOf(key, idOf(spec)), 0) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ spec }) => spec);
  for (const [kind, offset, duration] of STORY) {
    const at = free.findIndex((spec) => INCIDENT_KINDS[kind].fits(spec));
    const [spec] = at < 0 ? [] : free.splice(at, 1);
    if (spec === undefined) continue;
    const start = Math.floor((liveFrom + offset) / MINUTE) * MINUTE;
    cast.set(idOf(spec), [{ kind, start, end: start + duration }]);
  }
  return cast;
}

/** The incidents of one HPA: those of the story and the scheduled ones, asked by time. */
export class IncidentCalendar {
  readonly #spec: HpaSpec;
  readonly #plan: IncidentPlan;
  readonly #story: readonly Incident[];

  constructor(spec: HpaSpec, plan: IncidentPlan, story: ReadonlyMap<string, readonly Incident[]>) {
    this.#spec = spec;
    this.#plan = plan;
    this.#story = story.get(idOf(spec)) ?? [];
  }

  /** All that overlap [from, to), by start. */
  within(from: number, to: number): Incident[] {
    const found = this.#story.filter(({ start, end }) => start < to && end > from);
    for (let slot = Math.floor(from / SLOT_MS); slot * SLOT_MS < to; slot++) {
      const incident = scheduled(this.#spec, this.#plan, slot);
      if (incident === null || incident.start >= to || incident.end <= from) continue;
      const clashes = this.#story.some(
        ({ start, end }) => incident.start < end + RECOVERY_MS && incident.end + RECOVERY_MS > start,
      );
      if (!clashes) found.push(incident);
    }
    return found.sort((a, b) => a.start - b.start);
  }

  /** What detectors should find in [from, to). A changed setting is news for minutes, when it comes and when it goes. */
  labels(from: number, to: number): IncidentLabel[] {
    const { cluster, namespace, name } = this.#spec;
    return this.within(from, to).flatMap(({ kind, start, end }) => {
      const { expected } = INCIDENT_KINDS[kind];
      const label = { kind, cluster, namespace, hpa: name, expected };
      if (kind !== 'max_changed') return [{ ...label, start, end }];
      return [start, end].map((at) => ({ ...label, start: at, end: at + 10 * MINUTE }));
    });
  }
}
