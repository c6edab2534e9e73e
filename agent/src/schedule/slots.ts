import { SECOND } from '../core/clock.ts';

/** What the time slots follow from: clusters per lane (in slot order), the start of the first cycle, the length of a slot. */
export type SlotPlan = {
  lanes: readonly (readonly string[])[];
  /** Start of a cycle, epoch ms. */
  anchor: number;
  slotMs: number;
  slots: number;
};

/** A slot at a moment. `clusters[lane]` is null where the lane has no cluster in this slot. */
export type SlotTurn = {
  index: number;
  clusters: (string | null)[];
  start: number;
  end: number;
  cycleStart: number;
  cycleEnd: number;
};

/** A cycle longer than this misses the "one snapshot a minute" that people expect of a live view. */
export const CADENCE_MS = 60 * SECOND;

/** Slot length by number of slots in the cycle: 1: 30 s, 2: 25 s, 3: 20 s, more: 15 s. */
export const slotLengthMs = (slots: number): number => ([30, 30, 25, 20][slots] ?? 15) * SECOND;

/** The plan for these lanes; `slotMs` null takes the table. No clusters: no slots, an idle plan. */
export function planSlots(
  lanes: readonly (readonly string[])[],
  anchor: number,
  slotMs: number | null = null,
): SlotPlan {
  const slots = Math.max(0, ...lanes.map((lane) => lane.length));
  return { lanes, anchor, slots, slotMs: slotMs ?? slotLengthMs(slots) };
}

export const cycleMs = (plan: SlotPlan): number => plan.slots * plan.slotMs;

export const exceedsCadence = (plan: SlotPlan): boolean => cycleMs(plan) > CADENCE_MS;

/** Clusters of a slot, one entry a lane. A cluster's slot is its position in its lane. */
export const clustersOf = (plan: SlotPlan, index: number): (string | null)[] =>
  plan.lanes.map((lane) => lane[index] ?? null);

/** Whose turn it is at `now`; null when there is nothing to scan or `now` lies before the anchor. */
export function turnAt(plan: SlotPlan, now: number): SlotTurn | null {
  if (plan.slots === 0 || now < plan.anchor) return null;
  const cycle = cycleMs(plan);
  const cycleStart = plan.anchor + Math.floor((now - plan.anchor) / cycle) * cycle;
  return turnOf(plan, cycleStart, Math.floor((now - cycleStart) / plan.slotMs));
}

/** The turn after this one under the same plan. */
export const turnAfter = (plan: SlotPlan, turn: SlotTurn): SlotTurn =>
  turn.index + 1 < plan.slots ? turnOf(plan, turn.cycleStart, turn.index + 1) : turnOf(plan, turn.cycleEnd, 0);

export const samePlan = (a: SlotPlan, b: SlotPlan): boolean =>
  a.slotMs === b.slotMs &&
  a.lanes.length === b.lanes.length &&
  a.lanes.every((lane, i) => lane.length === b.lanes[i]?.length && lane.every((name, j) => name === b.lanes[i]?.[j]));

/** Lanes that keep a cycle of `clusters` within 60 s at 15 s a slot: what `lanes: auto` opens. */
export const lanesFor = (clusters: number): number => Math.max(2, Math.ceil(clusters / (CADENCE_MS / slotLengthMs(4))));

function turnOf(plan: SlotPlan, cycleStart: number, index: number): SlotTurn {
  const start = cycleStart + index * plan.slotMs;
  return {
    index,
    clusters: clustersOf(plan, index),
    start,
    end: start + plan.slotMs,
    cycleStart,
    cycleEnd: cycleStart + cycleMs(plan),
  };
}
