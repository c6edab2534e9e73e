import { DAY, floorTo, HOUR, MINUTE, SECOND } from '../core/clock.ts';
import { HpaCatalog } from './catalog.ts';
import { buildFleet, type FleetOptions } from './fleet.ts';
import { IncidentCalendar, type IncidentLabel, type IncidentPlan } from './incidents.ts';
import { ScrapeGrid } from './scrapes.ts';
import type { RawSeries } from './series.ts';
import { HpaSimulation } from './simulate.ts';
import type { ClusterSpec, HpaSpec } from './spec.ts';
import { castStory, STORY_LASTS_MS } from './story.ts';

export type SimulationOptions = FleetOptions & {
  /** The instant the fleet is first looked at, epoch ms: history before it, live after. The same seed and instant tell the same story. */
  liveFrom: number;
  /** How much history there is at `liveFrom`; three days and three hours by default, so that three days are whole. */
  historyMs?: number;
  /** Scrape interval, a multiple of 15 s; one minute by default. */
  scrapeMs?: number;
  /** `demo`: a story around `liveFrom`, then about one an hour; `none`; or so many an HPA has a day from a given instant on. */
  incidents?: 'demo' | 'none' | Pick<IncidentPlan, 'perHpaDay' | 'from' | 'partialShare'>;
};

export type SimulatedCluster = {
  name: string;
  grid: ScrapeGrid;
  hpas: readonly HpaSpec[];
  /** The series that may have a value at scrapes of rows [fromRow, toRow), with the simulation run up to `now`. */
  series(now: number, fromRow: number, toRow: number): RawSeries[];
  /** The series at `now` itself, between two scrapes too: `at(row)` of the row returned. */
  present(now: number): { series: RawSeries[]; row: number };
};

export type Simulation = {
  seed: number;
  from: number;
  /** They know as much history as there was at `liveFrom`, and an hour or two more; what is older is forgotten. */
  clusters: readonly SimulatedCluster[];
  /** What detectors should find in [from, to), epoch ms. */
  labels(from: number, to: number): IncidentLabel[];
  /** A fresh run of one HPA, not kept: for exports larger than memory. */
  simulate(spec: HpaSpec): HpaSimulation;
};

/** A fleet of two dozen has something new about once an hour. */
const DEMO_INCIDENTS_AN_HPA_DAY = 1;

function planOf({ seed, liveFrom, incidents = 'demo' }: SimulationOptions): IncidentPlan {
  if (incidents === 'none') return { seed, perHpaDay: 0, from: liveFrom };
  if (incidents === 'demo') return { seed, perHpaDay: DEMO_INCIDENTS_AN_HPA_DAY, from: liveFrom + STORY_LASTS_MS };
  return { seed, ...incidents };
}

/** The whole fleet, run on demand: nothing is computed before it is asked for. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { seed, liveFrom, historyMs = 3 * DAY + 3 * HOUR, scrapeMs = MINUTE } = options;
  const from = floorTo(liveFrom - historyMs, 15 * SECOND);
  const fleet = buildFleet(options);
  const plan = planOf(options);
  const story = (options.incidents ?? 'demo') === 'demo' ? castStory(fleet, seed, liveFrom) : new Map();
  const calendarOf = (spec: HpaSpec) => new IncidentCalendar(spec, plan, story);
  const gridOf = (cluster: string) => new ScrapeGrid(seed, cluster, from, scrapeMs);
  const simulate = (spec: HpaSpec) => new HpaSimulation(spec, seed, calendarOf(spec), gridOf(spec.cluster));
  return {
    seed,
    from,
    clusters: fleet.map((spec) => simulatedCluster(spec, gridOf(spec.name), simulate, historyMs + HOUR)),
    labels: (start, end) =>
      fleet
        .flatMap(({ hpas }) => hpas.flatMap((spec) => calendarOf(spec).labels(start, end)))
        .sort((a, b) => a.start - b.start),
    simulate,
  };
}

function simulatedCluster(
  { name, hpas }: ClusterSpec,
  grid: ScrapeGrid,
  simulate: (spec: HpaSpec) => HpaSimulation,
  keptMs: number,
): SimulatedCluster {
  const running = hpas.map((spec) => {
    const simulation = simulate(spec);
    return { simulation, catalog: new HpaCatalog(simulation.track) };
  });
  let forgottenUntil = grid.from;
  const advance = (now: number) => {
    for (const { simulation } of running) simulation.advance(now);
    if (now - keptMs < forgottenUntil + HOUR) return;
    forgottenUntil = now - keptMs;
    for (const { simulation } of running) simulation.track.forgetBefore(grid.rowsUntil(forgottenUntil));
  };
  return {
    name,
    grid,
    hpas,
    series(now, fromRow, toRow) {
      advance(now);
      return running.flatMap(({ catalog }) => catalog.within(fromRow, Math.min(toRow, grid.rowsUntil(now))));
    },
    present(now) {
      advance(now);
      const last = (running[0]?.simulation.track.rows ?? 1) - 1;
      return { row: last, series: running.flatMap(({ catalog }) => catalog.within(last, last + 1)) };
    },
  };
}
