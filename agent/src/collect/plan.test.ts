import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../core/clock.ts';
import { backfillWindow, pointsIn } from '../domain/window.ts';
import type { Gap } from '../storage/store.ts';
import { cutIntoPieces, lastSettledMinute, nextGapPiece, planScan } from './plan.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const at = (minutes: number, seconds = 0) => NOON + minutes * MINUTE + seconds * 1_000;

test.each([
  [at(0, 14), at(-1)],
  [at(0, 15), at(0)],
  [at(0, 59), at(0)],
])('at %i the last settled minute is %i: it is at least 15 s old', (now, minute) => {
  expect(lastSettledMinute(now)).toBe(minute);
});

test('the first scan of an HPA looks back 55 minutes from its enrolment', () => {
  const plan = planScan([{ id: 1, enrolledAt: at(-3, 20), scannedUntil: null }], at(0, 20));
  expect(plan).toMatchObject({ window: { start: at(-58), end: at(0), stepMs: MINUTE }, gaps: [] });
});

test('a first scan that comes late takes the newest hour, the rest becomes a gap', () => {
  const plan = planScan([{ id: 1, enrolledAt: at(-30), scannedUntil: null }], at(0, 20));
  expect(plan).toMatchObject({ window: { start: at(-59) }, gaps: [{ hpaId: 1, from: at(-85), to: at(-60) }] });
});

test('the last two stored minutes are read again', () => {
  const plan = planScan([{ id: 1, enrolledAt: at(-90), scannedUntil: at(-1) }], at(0, 20));
  expect(plan?.window).toEqual({ start: at(-2), end: at(0), stepMs: MINUTE });
});

test('one window serves all; each HPA has its own first minute', () => {
  const plan = planScan(
    [
      { id: 1, enrolledAt: at(-90), scannedUntil: at(-1) },
      { id: 2, enrolledAt: at(-90), scannedUntil: at(-30) },
    ],
    at(0, 20),
  );
  expect(plan?.window.start).toBe(at(-31));
  expect([...(plan?.starts ?? [])]).toEqual([
    [1, at(-2)],
    [2, at(-31)],
  ]);
});

test('after two hours the newest hour is scanned and the older one becomes a gap', () => {
  const plan = planScan([{ id: 1, enrolledAt: 0, scannedUntil: at(-120) }], at(0, 20));
  expect(plan?.window).toEqual({ start: at(-59), end: at(0), stepMs: MINUTE });
  expect(plan?.gaps).toEqual([{ hpaId: 1, from: at(-121), to: at(-60) }]);
});

test.each([
  ['a minute ahead: the last two minutes', 1, -1],
  ['an hour ahead, the clock was wrong: a day', 60, -1_440],
])('a cursor that stands %s are read again', (_, ahead, from) => {
  const plan = planScan([{ id: 1, enrolledAt: at(-3_000), scannedUntil: at(ahead) }], at(0, 20));
  expect(plan?.window).toEqual({ start: at(Math.max(-59, from)), end: at(0), stepMs: MINUTE });
  expect(plan?.gaps).toEqual(from < -59 ? [{ hpaId: 1, from: at(from), to: at(-60) }] : []);
});

test('whatever the cursor, every minute from it to now is in the window or in the gap, and none twice', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 59 }), (behind, seconds) => {
      const now = at(0, seconds);
      const cursor = at(-behind - 1);
      const plan = planScan([{ id: 1, enrolledAt: 0, scannedUntil: cursor }], now);
      const gap = plan?.gaps[0];
      const start = plan?.window.start ?? NaN;
      expect(plan?.window.end).toBe(lastSettledMinute(now));
      expect(gap?.from ?? start).toBe(Math.min(cursor - MINUTE, lastSettledMinute(now) - MINUTE));
      if (gap) expect(gap.to + MINUTE).toBe(start);
      expect(pointsIn(plan?.window ?? { start: 0, end: 0, stepMs: 1 })).toBeLessThanOrEqual(60);
    }),
  );
});

test('pieces of gaps end: newest first, at most six hours, each minute closed exactly once, coarse beyond a week', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 60, max: 14_000 })), { maxLength: 5 }),
      (lengths) => {
        let open: Gap[] = [...new Map(lengths)].map(([hpaId, length]) => ({
          hpaId,
          from: at(-60 - length),
          to: at(-61),
        }));
        const minutes = open.reduce((sum, { from, to }) => sum + (to - from) / MINUTE + 1, 0);
        let closed = 0;
        let before = Infinity;
        for (let piece = nextGapPiece(open, NOON, { groupSize: 50 }); piece;) {
          const { window, closes } = piece;
          const newest = Math.max(...closes.map(({ to }) => to));
          expect(newest).toBeLessThanOrEqual(before);
          before = newest;
          for (const { from, to } of closes) {
            expect(to - from).toBeLessThan(6 * HOUR);
            closed += (to - from) / MINUTE + 1;
          }
          if (window) expect(window.stepMs).toBe(newest < NOON - 7 * DAY ? 5 * MINUTE : MINUTE);
          open = open.flatMap((gap) => {
            const done = closes.find(({ hpaId }) => hpaId === gap.hpaId);
            return done && done.from <= gap.from ? [] : [{ ...gap, to: done ? done.from - MINUTE : gap.to }];
          });
          piece = nextGapPiece(open, NOON, { groupSize: 50 });
        }
        expect(closed).toBe(minutes);
      },
    ),
  );
});

test('a window is cut into pieces without overlap, newest first', () => {
  const window = backfillWindow(NOON);
  const pieces = cutIntoPieces(window, DAY);
  expect(pieces.map(pointsIn)).toEqual([288, 288, 288]);
  expect(pieces[0]?.end).toBe(window.end);
  expect(pieces[2]?.start).toBe(window.start);
  expect(cutIntoPieces(window, Infinity)).toEqual([window]);
});
