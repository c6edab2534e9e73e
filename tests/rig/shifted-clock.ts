/**
 * Loaded before an agent's own code (`node --import`): its wall clock reads TEST_CLOCK_SHIFT_MS later than the machine's, so that what depends on
 * the hour and the weekday is tested at a moment of the test's choice. Timers run as ever.
 */
const shiftMs = Number(process.env.TEST_CLOCK_SHIFT_MS);
if (!Number.isFinite(shiftMs)) throw new RangeError(`not a shift: ${process.env.TEST_CLOCK_SHIFT_MS}`);
const now = Date.now.bind(Date);
Date.now = () => now() + shiftMs;
export {};
