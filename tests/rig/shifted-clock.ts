/**
 * Loaded before an agent's own code (`node --import`): its wall clock reads TEST_CLOCK_SHIFT_MS later than the machine's, so that what depends on
 * the hour and the weekday is tested at a moment of the test's choice. With TEST_CLOCK_FILE the shift stands in that file and may change while the
 * agent runs: the clock jumps. Timers run as ever.
 */
import { readFileSync } from 'node:fs';

const LOOK_EVERY_MS = 10;
const file = process.env.TEST_CLOCK_FILE;
let shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS);
if (!Number.isFinite(shiftMs)) throw new RangeError(`not a shift: ${process.env.TEST_CLOCK_SHIFT_MS}`);
let lookedAt = -Infinity;

function currentShift(): number {
  if (file === undefined || performance.now() - lookedAt < LOOK_EVERY_MS) return shiftMs;
  lookedAt = performance.now();
  const text = readFileSync(file, 'utf8');
  // Empty while it is being written.
  if (text !== '') shiftMs = Number(text);
  return shiftMs;
}

const now = Date.now.bind(Date);
Date.now = () => now() + currentShift();
