// Looked up once: these run millions of times, and a look-up of a global is slow inside a vm context.
const { floor, imul } = Math;

/**
 * Counter-based random numbers: a value is a hash of (key, counter), so that any instant can be asked in any order and the same
 * key always tells the same story. The mixing step is murmur3's finalizer (public domain, Austin Appleby).
 */
export function mix(key: number, counter: number): number {
  let h = (key ^ imul(counter | 0, 0x9e3779b1)) | 0;
  // The counter's upper half matters too: minutes since 1970 fit 32 bits, milliseconds do not.
  h ^= imul((counter / 0x1_0000_0000) | 0, 0x85ebca77);
  h = imul(h ^ (h >>> 16), 0x85ebca6b);
  h = imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A key from a parent key and a name, so that renaming or adding one thing never changes another's numbers. */
export function keyOf(parent: number, name: string): number {
  let h = mix(parent, 0x811c9dc5);
  for (let i = 0; i < name.length; i++) h = imul(h ^ name.charCodeAt(i), 0x01000193);
  return mix(h, name.length);
}

/** Uniform in [0, 1). */
export const uniform = (key: number, counter: number): number => mix(key, counter) / 0x1_0000_0000;

export const between = (key: number, counter: number, low: number, high: number): number =>
  low + (high - low) * uniform(key, counter);

/** About normal, mean 0, standard deviation 1, never beyond 3.5: the sum of twelve uniforms less six would cost more. */
export function bell(key: number, counter: number): number {
  const a = mix(key, counter);
  const b = mix(key ^ 0x5bd1e995, counter);
  const sum = (a & 0xffff) + (a >>> 16) + (b & 0xffff) + (b >>> 16);
  // Four uniforms: variance 4/12, so the factor is sqrt(3).
  return (sum / 0x1_0000 - 2) * 1.7320508;
}

/** Smooth noise of about unit spread that turns over once every `periodMs`. */
export function smoothNoise(key: number, at: number, periodMs: number): number {
  const cell = floor(at / periodMs);
  const u = at / periodMs - cell;
  const blend = u * u * (3 - 2 * u);
  return bell(key, cell) * (1 - blend) + bell(key, cell + 1) * blend;
}
