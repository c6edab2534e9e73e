import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HpaKey } from '../../../agent/src/domain/hpa.ts';
import type { Sample } from '../../../agent/src/domain/sample.ts';
import { fromNumbers, toNumbers } from './rows.ts';
import type { Span } from './score.ts';
import type { SimulatedHpa, SizedLabel } from './simulated.ts';

/** Data of one seed as files: `meta.json` says what there is, `N.rows` are the samples of the N-th HPA. */
export type CachedHpa = { key: HpaKey; labels: SizedLabel[]; neutral: Span[] };

const FOLDER = join(tmpdir(), 'hpa-watch-detection-bench');
const ROOT = join(import.meta.dirname, '../../..');
/** Simulation and queries: whenever one of these changes, the data is made anew. */
const MADE_BY: Record<string, RegExp> = {
  'agent/src/demo':
    /^(catalog|controller|effects|exposition|fleet|hpa-series|incident.*|load|openmetrics|pod-series|pods|replica-calculator|rng|scaling-rules|scrapes|simul.*|spec|surprises|track|usage)\.ts$/,
  'agent/src/prometheus': /^(autoscaler|capabilities|discovery|escape|queries|scope|usage|workload)\.ts$/,
  'agent/src/collect': /^(assemble|discover|gather|metric-book|range)\.ts$/,
  'tests/bench/detection': /^(collected|effect-size|minute-values|rate|rows|simulated|worlds)\.ts$/,
};

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  for (const [folder, pattern] of Object.entries(MADE_BY)) {
    const names = (await readdir(join(ROOT, folder))).filter((name) => pattern.test(name)).sort();
    for (const name of names) hash.update(await readFile(join(ROOT, folder, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

export type DataSet = { hpas: (CachedHpa & { samples: () => Promise<Sample[]> })[]; preparedMs: number; dir: string };

/** The data of a seed, from the files of an earlier run where there are any, else made by `make`. */
export async function dataSet(
  source: string,
  seed: number,
  make: () => AsyncIterable<SimulatedHpa> | Iterable<SimulatedHpa>,
): Promise<DataSet> {
  const dir = join(FOLDER, `${await fingerprint()}-${source}-${seed}`);
  const startedAt = performance.now();
  const known = await readFile(join(dir, 'meta.json'), 'utf8').catch(() => null);
  let hpas = known === null ? null : (JSON.parse(known) as CachedHpa[]);
  if (hpas === null) {
    const unfinished = `${dir}.${process.pid}`;
    await mkdir(unfinished, { recursive: true });
    hpas = [];
    for await (const { samples, ...rest } of make()) {
      await writeFile(join(unfinished, `${hpas.length}.rows`), Buffer.from(toNumbers(samples).buffer));
      hpas.push(rest);
    }
    await writeFile(join(unfinished, 'meta.json'), JSON.stringify(hpas));
    // What older code made of this seed is of no more use.
    for (const name of await readdir(FOLDER)) {
      if (name.endsWith(`-${source}-${seed}`)) await rm(join(FOLDER, name), { recursive: true, force: true });
    }
    await rename(unfinished, dir);
  }
  return {
    dir,
    preparedMs: performance.now() - startedAt,
    hpas: hpas.map((hpa, index) => ({
      ...hpa,
      async samples() {
        const bytes = await readFile(join(dir, `${index}.rows`));
        return fromNumbers(new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length)));
      },
    })),
  };
}
