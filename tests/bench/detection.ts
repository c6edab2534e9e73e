import { floorTo, MINUTE } from '../../agent/src/core/clock.ts';
import type { Sample } from '../../agent/src/domain/sample.ts';
import { dataSet, type DataSet } from './detection/cache.ts';
import { collectedHpas } from './detection/collected.ts';
import { differences } from './detection/differences.ts';
import type { Detector } from './detection/detector.ts';
import { mixinRules } from './detection/mixin-rules.ts';
import { hpaWatch } from './detection/ours.ts';
import { misses } from './detection/misses.ts';
import { reportOf, verdictOn } from './detection/report.ts';
import type { Case } from './detection/score.ts';
import { HELD_OUT_SEEDS, TUNING_SEEDS } from './detection/seeds.ts';
import { simulatedHpas } from './detection/simulated.ts';
import { threeSigma } from './detection/three-sigma.ts';
import { LEARNING_MS, spanOf } from './detection/worlds.ts';

const DETECTORS: readonly Detector[] = [hpaWatch, mixinRules, threeSigma];

type Options = {
  seeds: readonly number[];
  fast: boolean;
  compare: boolean;
  show: boolean;
  detectors: readonly Detector[];
};

/**
 * `--tuning`: the seeds for tuning in place of the held-out ones; `--seeds=1,2`: these; `--fast`: without Prometheus, values from the
 * simulation; `--compare`: how far the two differ; `--misses`: a row for each label missed and each false alarm; `--detector=NAME`.
 */
function optionsOf(args: readonly string[]): Options {
  const valueOf = (name: string) => args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
  const allowed = /^--(tuning|fast|compare|misses|(seeds|detector)=.+)$/;
  const wrong = args.filter((arg) => !allowed.test(arg));
  if (wrong.length > 0) throw new RangeError(`no such option: ${wrong.join(', ')}`);
  const named = valueOf('detector');
  const detectors = named === undefined ? DETECTORS : DETECTORS.filter(({ name }) => name === named);
  if (detectors.length === 0) throw new RangeError(`no such detector: ${named}`);
  const usual = args.includes('--tuning') ? TUNING_SEEDS : HELD_OUT_SEEDS;
  return {
    seeds: valueOf('seeds')?.split(',').map(Number) ?? usual,
    fast: args.includes('--fast'),
    compare: args.includes('--compare'),
    show: args.includes('--misses'),
    detectors,
  };
}

const say = (text: string): void => console.error(text);
const fromSimulation = (seed: number) => dataSet('simulation', seed, () => simulatedHpas(seed));
const fromPrometheus = (seed: number) => dataSet('prometheus', seed, () => collectedHpas(seed, say));

/** Minutes at which a cluster told of any of its HPAs. */
async function answeredMinutes(data: DataSet): Promise<Map<string, Set<number>>> {
  const answered = new Map<string, Set<number>>();
  for (const hpa of data.hpas) {
    const minutes = answered.get(hpa.key.cluster) ?? new Set();
    answered.set(hpa.key.cluster, minutes);
    for (const { ts } of await hpa.samples()) minutes.add(ts);
  }
  return answered;
}

async function judgeSeed(seed: number, data: DataSet, detectors: readonly Detector[], into: Judged[]): Promise<void> {
  const span = spanOf(seed);
  const answered = await answeredMinutes(data);
  for (const { key, labels, neutral, ...rest } of data.hpas) {
    const samples: Sample[] = await rest.samples();
    const minutes = answered.get(key.cluster);
    const history = { key, samples, answered: (at: number) => minutes?.has(floorTo(at, MINUTE)) ?? false };
    for (const [index, detector] of detectors.entries()) {
      const startedAt = performance.now();
      const alerts = detector.run(history);
      const judged = into[index];
      if (judged === undefined) continue;
      judged.ms += performance.now() - startedAt;
      const hpa = `${seed}:${key.cluster}/${key.namespace}/${key.hpa}`;
      judged.cases.push({ hpa, from: span.start + LEARNING_MS, to: span.end, labels, neutral, alerts });
    }
  }
}

type Judged = { cases: Case[]; ms: number };

/** Rows of figures: of the data, and per detector overall, by incident, by alert and by size; last what has to hold. */
export async function bench(args: string[]): Promise<object[]> {
  const { seeds, fast, compare, show, detectors } = optionsOf(args);
  const rows: object[] = [];
  const judged: Judged[] = detectors.map(() => ({ cases: [], ms: 0 }));
  for (const seed of seeds) {
    const data = await (fast ? fromSimulation(seed) : fromPrometheus(seed));
    rows.push({
      row: 'data',
      seed,
      source: fast ? 'simulation' : 'prometheus',
      hpas: data.hpas.length,
      labels: data.hpas.reduce((sum, { labels }) => sum + labels.length, 0),
      prepared_s: Math.round(data.preparedMs / 1_000),
      dir: data.dir,
    });
    if (compare) rows.push(...(await differences(seed, await fromSimulation(seed), await fromPrometheus(seed))));
    await judgeSeed(seed, data, detectors, judged);
  }
  for (const [index, { name }] of detectors.entries()) {
    const { cases, ms } = judged[index] ?? { cases: [], ms: 0 };
    rows.push(...reportOf(name, cases, ms / cases.length));
    if (show) rows.push(...misses(name, cases));
  }
  if (detectors.includes(hpaWatch)) rows.push(verdictOn(rows, hpaWatch.name));
  return rows;
}
