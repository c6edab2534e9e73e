import { expect, test } from '@jest/globals';
import { DAY, HOUR } from '../core/clock.ts';
import { outcomeOf, retryAfterMs, type Delivery } from './outcome.ts';

const NOW = Date.UTC(2026, 0, 5, 12);
const answer = (status: number, retry: number | null = null): Delivery => ({
  kind: 'answer',
  status,
  retryAfterMs: retry,
});
const attempt = { attempts: 0, createdAt: NOW, now: NOW, random: 0.5 };

test.each([
  [200, 'sent'],
  [204, 'sent'],
  [301, 'given_up'],
  [400, 'given_up'],
  [401, 'given_up'],
  [404, 'given_up'],
  [410, 'given_up'],
  [408, 'retry'],
  [425, 'retry'],
  [429, 'retry'],
  [500, 'retry'],
  [503, 'retry'],
])('after status %i a message is %s', (status, wanted) => {
  expect(outcomeOf(answer(status), attempt).kind).toBe(wanted);
});

test.each([
  [0, 0, 500],
  [0, 0.999, 1_000],
  [3, 0.5, 6_000],
  [20, 0.5, 225_000],
])('failure %i at random %f is tried again after %i ms', (attempts, random, waitMs) => {
  const none: Delivery = { kind: 'none', error: 'ECONNREFUSED' };
  const wanted = { kind: 'retry', nextAttemptAt: NOW + waitMs, error: 'ECONNREFUSED' };
  expect(outcomeOf(none, { ...attempt, attempts, random })).toEqual(wanted);
});

test('a receiver that asks to wait is left alone that long, an hour at most', () => {
  expect(outcomeOf(answer(429, 30_000), attempt)).toMatchObject({ nextAttemptAt: NOW + 30_000 });
  expect(outcomeOf(answer(503, 5 * HOUR), attempt)).toMatchObject({ nextAttemptAt: NOW + HOUR });
  expect(outcomeOf(answer(503, 1), attempt)).toMatchObject({ nextAttemptAt: NOW + 750 });
});

test('after a day nobody wants to hear it', () => {
  const old = { ...attempt, createdAt: NOW - DAY };
  expect(outcomeOf(answer(500), old)).toEqual({ kind: 'given_up', error: 'status 500, for a day' });
  expect(outcomeOf(answer(200), old)).toEqual({ kind: 'sent' });
});

test.each([
  ['120', 120_000],
  ['Mon, 05 Jan 2026 12:00:30 GMT', 30_000],
  ['Mon, 05 Jan 2026 11:00:00 GMT', 0],
  ['soon', null],
  ['', null],
  [null, null],
])('Retry-After %j is %j ms', (header, wanted) => {
  expect(retryAfterMs(header, NOW)).toBe(wanted);
});
