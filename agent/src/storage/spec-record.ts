import type { CpuBasis } from '../domain/sample.ts';
import { basisCode, orNaN } from './packed.ts';
import { sameSpec, type SpecChange } from './spec-changes.ts';

/** A row of `spec_change`. */
export type SpecRecord = {
  ts: number;
  cpu_target: number | null;
  memory_target: number | null;
  replicas_min: number | null;
  replicas_max: number | null;
  cpu_basis: CpuBasis | null;
  approximate: number;
};

export const toSpecChange = (r: SpecRecord): SpecChange => ({
  ts: r.ts,
  spec: [
    orNaN(r.cpu_target),
    orNaN(r.memory_target),
    orNaN(r.replicas_min),
    orNaN(r.replicas_max),
    basisCode(r.cpu_basis),
    r.approximate,
  ],
});

/** What to write so that the changes `planned` stand where `old` did, touching only what differs. */
export function specDifference(
  old: readonly SpecChange[],
  planned: readonly SpecChange[],
): { drops: number[]; puts: SpecChange[] } {
  const wanted = new Map(planned.map((change) => [change.ts, change]));
  const drops: number[] = [];
  for (const { ts, spec } of old) {
    const next = wanted.get(ts);
    if (next === undefined) drops.push(ts);
    else if (sameSpec(next.spec, spec)) wanted.delete(ts);
  }
  return { drops, puts: [...wanted.values()] };
}
