/** Limits are tuned on these... */
export const TUNING_SEEDS: readonly number[] = [1, 2, 3];
/** ...and the figures that count are measured on these, at which nobody looks while tuning. */
export const HELD_OUT_SEEDS: readonly number[] = [101, 102, 103];
