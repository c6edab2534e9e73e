import { hasValue, type Sample } from '../../domain/sample.ts';
import { cutoffs, THIN_STEP_MS } from '../retention-cutoffs.ts';

type Row = { sample: Sample; isBaseline: boolean };

/** The contract of writeSamples and retain, in as few words as possible. */
export class SampleModel {
  readonly rows = new Map<number, Row>();

  write(samples: Sample[], isBaseline: boolean) {
    for (const given of samples.filter(hasValue)) {
      const known = this.rows.get(given.ts);
      const merged = known ? merge(known.sample, given) : given;
      this.rows.set(given.ts, { sample: merged, isBaseline: isBaseline || (known?.isBaseline ?? false) });
    }
  }

  retain(minutesMs: number, totalMs: number, now: number) {
    const { expireBefore, thinBefore } = cutoffs({ minutesMs, totalMs }, now);
    for (const ts of this.rows.keys())
      if (ts < expireBefore || (ts < thinBefore && ts % THIN_STEP_MS !== 0)) this.rows.delete(ts);
  }

  samples(): Sample[] {
    return [...this.rows.values()].map((row) => row.sample).sort((a, b) => a.ts - b.ts);
  }

  counts() {
    const baseline = [...this.rows.values()].filter(({ isBaseline }) => isBaseline).length;
    return { total: this.rows.size, baseline, monitoring: this.rows.size - baseline };
  }
}

function merge(known: Sample, given: Sample): Sample {
  const values = Object.entries(given).filter(([, value]) => value !== null);
  const tellsPods = given.cpuCurrent ?? given.memoryCurrent ?? given.memoryUtilization;
  return {
    ...known,
    ...Object.fromEntries(values),
    approximate: tellsPods === null ? known.approximate : given.approximate,
  };
}
