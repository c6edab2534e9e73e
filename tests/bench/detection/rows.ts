import { emptySample, SPEC_COLUMNS, VALUE_COLUMNS, type Sample } from '../../../agent/src/domain/sample.ts';

const COLUMNS = [...VALUE_COLUMNS, ...SPEC_COLUMNS];
/** Time, columns, basis of the CPU. */
const WIDTH = COLUMNS.length + 2;

/** Samples as numbers, a row each; NaN is missing. */
export function toNumbers(samples: readonly Sample[]): Float64Array {
  const numbers = new Float64Array(samples.length * WIDTH);
  samples.forEach((sample, index) => {
    const row = index * WIDTH;
    numbers[row] = sample.ts;
    COLUMNS.forEach((column, i) => (numbers[row + 1 + i] = sample[column] ?? NaN));
    numbers[row + WIDTH - 1] = sample.cpuBasis === null ? NaN : sample.cpuBasis === 'request' ? 1 : 0;
  });
  return numbers;
}

export function fromNumbers(numbers: Float64Array): Sample[] {
  return Array.from({ length: numbers.length / WIDTH }, (_, index) => {
    const row = index * WIDTH;
    const sample = emptySample(numbers[row] ?? NaN);
    COLUMNS.forEach((column, i) => {
      const value = numbers[row + 1 + i] ?? NaN;
      sample[column] = Number.isNaN(value) ? null : value;
    });
    const basis = numbers[row + WIDTH - 1];
    sample.cpuBasis = basis === 1 ? 'request' : basis === 0 ? 'core' : null;
    return sample;
  });
}
