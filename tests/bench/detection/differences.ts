import { VALUE_COLUMNS } from '../../../agent/src/domain/sample.ts';
import type { DataSet } from './cache.ts';

/** Relative difference that counts as none: rounding. */
const SAME = 1e-6;

/** How far what the collector read differs from what the simulation says, per column. */
export async function differences(seed: number, simulated: DataSet, collected: DataSet): Promise<object[]> {
  const tallies = new Map(VALUE_COLUMNS.map((column) => [column, { both: 0, onlyOne: 0, differ: 0, largest: 0 }]));
  let [minutes, onlySimulated, onlyCollected] = [0, 0, 0];
  for (const [index, hpa] of simulated.hpas.entries()) {
    const other = collected.hpas[index];
    if (other === undefined) continue;
    const found = new Map((await other.samples()).map((sample) => [sample.ts, sample]));
    for (const sample of await hpa.samples()) {
      minutes += 1;
      const twin = found.get(sample.ts);
      found.delete(sample.ts);
      if (twin === undefined) {
        onlySimulated += 1;
        continue;
      }
      for (const column of VALUE_COLUMNS) {
        const tally = tallies.get(column);
        const [a, b] = [sample[column], twin[column]];
        if (tally === undefined || (a === null && b === null)) continue;
        if (a === null || b === null) {
          tally.onlyOne += 1;
          continue;
        }
        tally.both += 1;
        const difference = Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), 1e-9);
        if (difference > SAME) tally.differ += 1;
        tally.largest = Math.max(tally.largest, difference);
      }
    }
    onlyCollected += found.size;
  }
  return [...tallies].map(([column, { both, onlyOne, differ, largest }]) => ({
    row: 'difference',
    seed,
    column,
    minutes,
    minutes_only_simulated: onlySimulated,
    minutes_only_collected: onlyCollected,
    values: both,
    only_in_one: onlyOne,
    differ,
    largest_relative: Number(largest.toPrecision(3)),
  }));
}
