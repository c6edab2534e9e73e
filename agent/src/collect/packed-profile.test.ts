import { expect, test } from '@jest/globals';
import { learn } from '../baseline/hpa-profile.ts';
import { DAY, MINUTE } from '../core/clock.ts';
import { healthy, MONDAY } from '../detect/hpa-story.fixture.ts';
import type { HpaProfile, Profile } from '../domain/profile.ts';
import { NO_PROFILE, packProfile, unpackProfile } from './packed-profile.ts';

const learned = (days: number): HpaProfile =>
  learn(
    Array.from({ length: (days * DAY) / (5 * MINUTE) }, (_, i) => healthy(MONDAY + i * 5 * MINUTE)),
    { timezone: 'Europe/Berlin' },
  );

/** Numbers to six digits, as profiles have them. */
const sixDigits = (profile: HpaProfile): unknown =>
  JSON.parse(
    JSON.stringify(profile, (_, value: unknown) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value,
    ),
  );

test.each([3, 9, 15])('a profile of %i days is the same once it was packed', (days) => {
  const profile = learned(days);
  expect(Object.keys(profile)).toContain('demand');
  expect(sixDigits(unpackProfile(packProfile(profile)))).toEqual(sixDigits(profile));
});

test('values of any size that a metric can have are kept, and instants to the millisecond', () => {
  const { cpu } = learned(3);
  const odd: Profile = {
    ...(cpu as Profile),
    ...{
      from: 1_767_225_600_123,
      to: 1_767_484_800_456,
      level: 1e30,
      floor: 1e-6,
      slots: [-1e30, 0, 123_456],
      doubt: null,
    },
  };
  const { cpu: back, ...others } = unpackProfile(packProfile({ cpu: odd }));
  expect(others).toEqual({});
  expect(back).toMatchObject({ from: odd.from, to: odd.to, timezone: odd.timezone, doubt: null });
  for (const [value, wanted] of [
    [back?.level, 1e30],
    [back?.floor, 1e-6],
    ...(back?.slots ?? []).map((value, i) => [value, odd.slots[i]]),
  ])
    expect(Number(value?.toPrecision(6))).toBe(wanted);
});

test('nothing known packs to nothing', () => {
  expect(packProfile({})).toBe(NO_PROFILE);
  expect(unpackProfile(NO_PROFILE)).toEqual({});
});
