import { expect, test } from '@jest/globals';
import { MINUTE } from '../core/clock.ts';
import { emptySample } from '../domain/sample.ts';
import { heldEachMinute, usualStepMs } from './held-samples.ts';

const at = (minute: number, cpuCurrent: number) => ({ ...emptySample(minute * MINUTE), cpuCurrent });
const told = (samples: ReturnType<typeof heldEachMinute>) =>
  samples.map(({ ts, cpuCurrent }) => `${ts / MINUTE}:${cpuCurrent}`).join(' ');

test.each([
  ['each minute has one: nothing is added', [at(0, 1), at(1, 2)], 1, '0:1 1:2'],
  ['two minutes apart', [at(0, 1), at(2, 2), at(4, 3)], 2, '0:1 1:1 2:2 3:2 4:3'],
  ['a hole stays a hole beyond the step', [at(0, 1), at(6, 2)], 2, '0:1 1:1 6:2'],
])('%s', (_, samples, stepMinutes, expected) => {
  expect(told(heldEachMinute(samples, stepMinutes * MINUTE))).toBe(expected);
});

test('the usual step is the median one', () => {
  expect(usualStepMs([0, 5, 10, 30].map((ts) => ({ ts })))).toBe(5);
  expect(usualStepMs([{ ts: 1 }])).toBeNull();
});
