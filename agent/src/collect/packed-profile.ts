import type { HpaProfile, Profile, ProfileMetric, Tail, Tails } from '../domain/profile.ts';

/**
 * What is usual for one HPA as it is held between two looks: 4 kB instead of 10 kB as objects, which for ten thousand HPAs is most of what the
 * agent holds. It is unpacked to judge a scan, which takes some microseconds. Numbers of a profile have six digits, these have seven.
 */
export type PackedProfile = { readonly heads: readonly Head[]; readonly numbers: ArrayBuffer };

type Head = Pick<Profile, 'metric' | 'timezone' | 'model'>;

/** One for all HPAs that have the same. */
const heads = new Map<string, Head>();
function headOf(metric: ProfileMetric, { timezone, model }: Profile): Head {
  const key = `${metric} ${model} ${timezone}`;
  const known = heads.get(key) ?? { metric, timezone, model };
  heads.set(key, known);
  return known;
}

const COUNT_BYTES = 8;
const VALUE_BYTES = 4;
/** from, to, points, days.working, days.weekend, slots.length, doubt.length or -1. */
const COUNTS = 7;
/** level, floor, and of spread, level, jump and misfit: 4 + 4 + 4 + 2. */
const VALUES = 16;

const bytesOf = ({ slots, doubt }: Profile): number =>
  COUNTS * COUNT_BYTES + (VALUES + slots.length + (doubt?.length ?? 0)) * VALUE_BYTES;

export const NO_PROFILE: PackedProfile = { heads: [], numbers: new ArrayBuffer(0) };

export function packProfile(profile: HpaProfile): PackedProfile {
  const profiles = Object.entries(profile) as [ProfileMetric, Profile][];
  if (profiles.length === 0) return NO_PROFILE;
  const numbers = new ArrayBuffer(profiles.reduce((sum, [, one]) => sum + bytesOf(one), 0));
  const view = new DataView(numbers);
  let at = 0;
  const count = (value: number): void => {
    view.setFloat64(at, value);
    at += COUNT_BYTES;
  };
  const value = (number: number): void => {
    view.setFloat32(at, number);
    at += VALUE_BYTES;
  };
  const tail = ({ u, e }: Tail): void => [u, e].forEach(value);
  const tails = ({ high, low }: Tails): void => [high, low].forEach(tail);
  for (const [, { from, to, points, days, slots, doubt, level, floor, spread, surprise }] of profiles) {
    [from, to, points, days.working, days.weekend, slots.length, doubt?.length ?? -1].forEach(count);
    [level, floor].forEach(value);
    [spread, surprise.level, surprise.jump].forEach(tails);
    tail(surprise.misfit);
    for (const slot of slots) value(slot);
    for (const slot of doubt ?? []) value(slot);
  }
  return { heads: profiles.map(([metric, one]) => headOf(metric, one)), numbers };
}

export function unpackProfile({ heads: of, numbers }: PackedProfile): HpaProfile {
  const view = new DataView(numbers);
  let at = 0;
  const count = (): number => view.getFloat64((at += COUNT_BYTES) - COUNT_BYTES);
  const value = (): number => view.getFloat32((at += VALUE_BYTES) - VALUE_BYTES);
  const values = (length: number): number[] => {
    const list: number[] = [];
    for (let i = 0; i < length; i++) list.push(value());
    return list;
  };
  const tail = (): Tail => ({ u: value(), e: value() });
  const tails = (): Tails => ({ high: tail(), low: tail() });
  const profile: HpaProfile = {};
  for (const head of of) {
    const [from, to, points] = [count(), count(), count()];
    const days = { working: count(), weekend: count() };
    const [slotCount, doubtCount] = [count(), count()];
    const [level, floor] = [value(), value()];
    const spread = tails();
    const surprise = { level: tails(), jump: tails(), misfit: tail() };
    const slots = values(slotCount);
    const doubt = doubtCount < 0 ? null : values(doubtCount);
    profile[head.metric] = { ...head, from, to, points, level, slots, doubt, days, floor, spread, surprise };
  }
  return profile;
}
