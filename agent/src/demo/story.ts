import { HOUR, MINUTE, floorTo } from '../core/clock.ts';
import { INCIDENT_KINDS, type IncidentKind } from './incident-kinds.ts';
import { idOf, isExempt, type Incident, type Part } from './incidents.ts';
import { keyOf, mix } from './rng.ts';
import type { ClusterSpec, HpaSpec } from './spec.ts';

/** One thing that goes wrong: kind, start and duration, ms against the instant at which the demo is first looked at; see Incident. */
type Event = [kind: IncidentKind, start: number, duration: number, part?: number];

/** What happens to one HPA, or to several of one cluster at once. */
type Act = {
  events: readonly Event[];
  /** When a new version was rolled out. */
  rollout?: number;
  /** How many HPAs of one cluster; one where absent. */
  together?: number;
  /** Needed besides what the kinds need. */
  needs?: (spec: HpaSpec) => boolean;
};

/** More pods of one that scales on memory hold more memory: its load is hard to read for anybody. */
const scalesOnWork = ({ metrics }: HpaSpec): boolean => metrics.every(({ name }) => name !== 'memory');

/** Its rollouts make new ReplicaSets, which pods are named after. */
const isRolledOut = (spec: HpaSpec): boolean => scalesOnWork(spec) && spec.target.kind === 'Deployment';

/** An agent that is started with the demo judges the hour before as well: what ended in it is shown as resolved. */
const STORY: readonly Act[] = [
  // A whole cluster at once, for whoever is still watching: first in the list, since it needs the most room.
  { events: [['upstream_outage', 29 * MINUTE, 30 * MINUTE]], together: 3, needs: scalesOnWork },
  // Somebody lowered the maximum; then comes a rush.
  {
    events: [
      ['max_changed', -24 * MINUTE, 5 * HOUR],
      ['traffic_spike', -14 * MINUTE, 50 * MINUTE],
    ],
    needs: ({ min, max }) => max > min + 3,
  },
  // On at the start, and told at once.
  { events: [['memory_leak', -5 * HOUR, 11 * HOUR]], rollout: -5 * HOUR - 5 * MINUTE, needs: isRolledOut },
  { events: [['scale_down_blocked', -4 * HOUR, 9 * HOUR]], needs: scalesOnWork },
  { events: [['level_shift', -75 * MINUTE, 9 * HOUR, 1.4]], needs: scalesOnWork },
  { events: [['upstream_outage', -13 * MINUTE, 33 * MINUTE]], rollout: -20 * MINUTE, needs: isRolledOut },
  { events: [['flapping', -11 * MINUTE, 31 * MINUTE]] },
  // Over when the first person looks.
  { events: [['upstream_outage', -56 * MINUTE, 25 * MINUTE]], needs: scalesOnWork },
  { events: [['metrics_lost', -47 * MINUTE, 21 * MINUTE]] },
  // Begin while one watches, the first told after some four minutes.
  { events: [['metrics_lost', 0, 22 * MINUTE]] },
  { events: [['scaling_blocked', 2 * MINUTE, 26 * MINUTE]] },
  { events: [['telemetry_lost', 6 * MINUTE, 18 * MINUTE]] },
  { events: [['replicas_overwritten', 12 * MINUTE, 26 * MINUTE]] },
  { events: [['pods_pending', 19 * MINUTE, 30 * MINUTE]] },
];

/** After this the schedule takes over. */
export const STORY_LASTS_MS = HOUR;

const fits = ({ events, needs }: Act, spec: HpaSpec): boolean =>
  events.every(([kind]) => INCIDENT_KINDS[kind].fits(spec)) && (needs?.(spec) ?? true);

/** Which HPA has which part of the story, by HPA: each act at HPAs of its own, chosen by seed, as long as there are some. */
export function castStory(fleet: readonly ClusterSpec[], seed: number, liveFrom: number): Map<string, Part> {
  const cast = new Map<string, Part>();
  const key = keyOf(seed, 'story');
  let free = fleet
    .flatMap(({ hpas }) => hpas)
    .filter((spec) => !isExempt(spec))
    .map((spec) => ({ spec, rank: mix(keyOf(key, idOf(spec)), 0) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ spec }) => spec);
  for (const act of STORY) {
    const chosen = choose(free, act);
    free = free.filter((spec) => !chosen.includes(spec));
    for (const spec of chosen) cast.set(idOf(spec), partOf(act, liveFrom));
  }
  return cast;
}

/** The first that fit; of several, the first cluster that has as many. */
function choose(free: readonly HpaSpec[], act: Act): HpaSpec[] {
  const fitting = free.filter((spec) => fits(act, spec));
  const { together = 1 } = act;
  for (const { cluster } of fitting) {
    const mates = fitting.filter((spec) => spec.cluster === cluster);
    if (mates.length >= together) return mates.slice(0, together);
  }
  return [];
}

function partOf({ events, rollout }: Act, liveFrom: number): Part {
  const at = (offset: number) => floorTo(liveFrom + offset, MINUTE);
  const incidents = events.map(([kind, start, duration, part]): Incident => ({
    kind,
    start: at(start),
    end: at(start) + duration,
    ...(part === undefined ? {} : { part }),
  }));
  return { incidents, rollouts: rollout === undefined ? [] : [at(rollout)] };
}
