import { HOUR, MINUTE } from '../core/clock.ts';
import { ALL_INCIDENT_KINDS, INCIDENT_KINDS, PARTIAL_KINDS, type IncidentKind } from './incident-kinds.ts';
import { between, keyOf, mix, uniform } from './rng.ts';
import type { HpaSpec } from './spec.ts';

/** Something that goes wrong with one HPA in [start, end), epoch ms. */
export type Incident = {
  kind: IncidentKind;
  start: number;
  end: number;
  /** Of partial kinds and level_shift: the part of the load that comes on top or goes away. */
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
};

/** Each HPA has at most one scheduled incident in each slot of this length, so that it recovers in between. */
const SLOT_MS = 12 * HOUR;
const RECOVERY_MS = 90 * MINUTE;
const QUIET_BEFORE_MS = 30 * MINUTE;

export const idOf = ({ cluster, namespace, name }: HpaSpec): string => `${cluster}/${namespace}/${name}`;
/** What sleeps at night shows no incident then, so it is left in peace: its nights are the point. */
export const isExempt = (spec: HpaSpec): boolean => spec.sleeps !== null;

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

/** What is planned for one HPA besides its schedule. */
export type Part = { incidents: readonly Incident[]; /** Instants of rollouts. */ rollouts: readonly number[] };

/** The incidents of one HPA: those of the story and the scheduled ones, asked by time. */
export class IncidentCalendar {
  readonly #spec: HpaSpec;
  readonly #plan: IncidentPlan;
  readonly #part: Part;

  constructor(spec: HpaSpec, plan: IncidentPlan, story: ReadonlyMap<string, Part>) {
    this.#spec = spec;
    this.#plan = plan;
    this.#part = story.get(idOf(spec)) ?? { incidents: [], rollouts: [] };
  }

  /** Whether nothing else happens to the HPA then: what the story shows is not to be taken for a deploy or a blip. */
  isQuiet(at: number): boolean {
    return this.#part.incidents.some(({ start, end }) => at >= start - QUIET_BEFORE_MS && at < end);
  }

  /** Instants in [from, to) at which the story rolls out a new version. */
  rollouts(from: number, to: number): number[] {
    return this.#part.rollouts.filter((at) => at >= from && at < to);
  }

  /** All that overlap [from, to), by start. */
  within(from: number, to: number): Incident[] {
    const found = this.#part.incidents.filter(({ start, end }) => start < to && end > from);
    for (let slot = Math.floor(from / SLOT_MS); slot * SLOT_MS < to; slot++) {
      const incident = scheduled(this.#spec, this.#plan, slot);
      if (incident === null || incident.start >= to || incident.end <= from) continue;
      const clashes = this.#part.incidents.some(
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
