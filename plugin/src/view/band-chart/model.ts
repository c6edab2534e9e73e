import type { SeverityName } from '@hpa-watch/agent/contract';

/** What a band chart draws. Times are epoch ms, ascending. */

/** `values[i]` is the value at `times[i]`; null: not known, drawn as a gap. */
export type Line = { times: readonly number[]; values: readonly (number | null)[] };

/** What is usual at `times[i]`: from `lower[i]` to `upper[i]`, most likely `expected[i]`. May reach beyond now. */
export type Band = {
  times: readonly number[];
  lower: readonly (number | null)[];
  upper: readonly (number | null)[];
  /** null: the expected value is not drawn. */
  expected: readonly (number | null)[] | null;
};

/** target: what the HPA steers to; limit: the least or the most replicas; desired: what it asks for. */
export type ReferenceKind = 'target' | 'limit' | 'desired';

/** A line to compare the value with, drawn in steps. One point holds for all time. */
export type Reference = { id: string; label: string; kind: ReferenceKind; line: Line };

/** A shaded span. `end` null: it is still on. */
export type ChartAnomaly = {
  id: string;
  severity: SeverityName;
  start: number;
  end: number | null;
  /** One sentence for people. */
  sentence: string;
};

export type ChartModel = {
  value: Line;
  band: Band | null;
  references: readonly Reference[];
  anomalies: readonly ChartAnomaly[];
};

/** The time shown, epoch ms. */
export type Span = { from: number; to: number };
