import { BASELINE_STATES } from '../contract/hpas.ts';
import type { BaselineStatus } from '../domain/baseline.ts';
import { localId, type HpaKey } from '../domain/hpa.ts';
import type { Sample } from '../domain/sample.ts';
import { orNaN, orNull, packSample, unpackSamples, WIDTH as SAMPLE_WIDTH } from '../storage/packed.ts';
import type { HpaRow, StoredHpa } from '../storage/store.ts';

/** What the lists need to know of an enrolled HPA. */
export type FleetRow = HpaKey &
  Pick<StoredHpa, 'id' | 'active' | 'enrolledAt' | 'mutedUntil' | 'goneSince' | 'lastScanAt' | 'scannedUntil'> & {
    baseline: Pick<BaselineStatus, 'state' | 'progress' | 'coverage' | 'reason' | 'readyAt'>;
    latest: Sample | null;
  };

// Columns of one HPA, NaN for null. Up to MUTED_UNTIL its item shows them, so that a difference is a change.
const ACTIVE = 0;
const STATE = 1;
const PROGRESS = 2;
const COVERAGE = 3;
const READY_AT = 4;
const GONE_SINCE = 5;
const LAST_SCAN_AT = 6;
const MUTED_UNTIL = 7;
const ID = 8;
const ENROLLED_AT = 9;
const SCANNED_UNTIL = 10;
const WIDTH = 11;

type Packed = {
  cluster: string;
  namespaces: readonly string[];
  names: readonly string[];
  reasons: readonly (string | null)[];
  facts: Float64Array;
  /** The latest samples; a row without a time: there is none. */
  samples: Float64Array;
};

/** The HPAs of one cluster as they were read once, in the order of the store: about 300 bytes each, where the rows themselves take 2 kB. */
export type Shelf = {
  cluster: string;
  hpas: readonly FleetHpa[];
  /** By the place in `hpas`: the number of the look that found it changed last. */
  changedIn: Float64Array;
};

/** One HPA of a shelf. Reads as the row that it was made of. */
export class FleetHpa implements FleetRow {
  readonly #all: Packed;
  readonly #place: number;

  constructor(all: Packed, place: number) {
    this.#all = all;
    this.#place = place;
  }

  get cluster(): string {
    return this.#all.cluster;
  }
  get namespace(): string {
    return this.#all.namespaces[this.#place] ?? '';
  }
  get hpa(): string {
    return this.#all.names[this.#place] ?? '';
  }
  get id(): number {
    return this.#fact(ID);
  }
  get active(): boolean {
    return this.#fact(ACTIVE) === 1;
  }
  get enrolledAt(): number {
    return this.#fact(ENROLLED_AT);
  }
  get mutedUntil(): number | null {
    return orNull(this.#fact(MUTED_UNTIL));
  }
  get goneSince(): number | null {
    return orNull(this.#fact(GONE_SINCE));
  }
  get lastScanAt(): number | null {
    return orNull(this.#fact(LAST_SCAN_AT));
  }
  get scannedUntil(): number | null {
    return orNull(this.#fact(SCANNED_UNTIL));
  }
  get state(): BaselineStatus['state'] {
    return BASELINE_STATES[this.#fact(STATE)] ?? 'queued';
  }
  get baseline(): FleetRow['baseline'] {
    return {
      state: this.state,
      progress: this.#fact(PROGRESS),
      coverage: orNull(this.#fact(COVERAGE)),
      reason: this.#all.reasons[this.#place] ?? null,
      readyAt: orNull(this.#fact(READY_AT)),
    };
  }
  get latest(): Sample | null {
    const at = this.#place * SAMPLE_WIDTH;
    if (Number.isNaN(this.#all.samples[at])) return null;
    return unpackSamples(this.#all.samples.subarray(at, at + SAMPLE_WIDTH))[0] ?? null;
  }

  /** Whether it is shown at `now` as `other` was at `then`, but for what fires. */
  isShownAs(other: FleetHpa, now: number, then: number): boolean {
    for (let column = 0; column < MUTED_UNTIL; column++)
      if (!Object.is(this.#fact(column), other.#fact(column))) return false;
    if (this.#muteAt(now) !== other.#muteAt(then)) return false;
    for (let i = 0; i < SAMPLE_WIDTH; i++) if (!Object.is(this.#sample(i), other.#sample(i))) return false;
    return this.#all.reasons[this.#place] === other.#all.reasons[other.#place];
  }

  #muteAt(now: number): number | null {
    const until = this.#fact(MUTED_UNTIL);
    return until > now ? until : null;
  }

  #fact(column: number): number {
    return this.#all.facts[this.#place * WIDTH + column] ?? NaN;
  }

  #sample(i: number): number {
    return this.#all.samples[this.#place * SAMPLE_WIDTH + i] ?? NaN;
  }
}

export type ShelveFacts = {
  cluster: string;
  rows: readonly HpaRow[];
  before: Shelf | undefined;
  /** Of the look that finds what is shown otherwise than at `lookedAt`, which was the last one. */
  number: number;
  now: number;
  lookedAt: number;
};

/** Packs the rows of one cluster; `gone`: those of before that are not among them. */
export function shelve({ cluster, rows, before, number, now, lookedAt }: ShelveFacts) {
  const all = pack(cluster, rows);
  const hpas = rows.map((_, place) => new FleetHpa(all, place));
  const unseen = new Map(before?.hpas.map((hpa, place) => [localId(hpa), { hpa, place }]));
  let differs = false;
  const changedIn = Float64Array.from(hpas, (hpa) => {
    const id = localId(hpa);
    const known = unseen.get(id);
    unseen.delete(id);
    if (known && hpa.isShownAs(known.hpa, now, lookedAt)) return before?.changedIn[known.place] ?? number;
    differs = true;
    return number;
  });
  const gone = [...unseen.values()].map(({ hpa }) => hpa);
  const shelf: Shelf = { cluster, hpas, changedIn };
  return { shelf, gone, differs: differs || gone.length > 0 };
}

function pack(cluster: string, rows: readonly HpaRow[]): Packed {
  const facts = new Float64Array(rows.length * WIDTH);
  const samples = new Float64Array(rows.length * SAMPLE_WIDTH);
  rows.forEach((row, place) => {
    packFacts(facts, place * WIDTH, row);
    if (row.latest) packSample(samples, place, row.latest);
    else samples.fill(NaN, place * SAMPLE_WIDTH, (place + 1) * SAMPLE_WIDTH);
  });
  // Equal texts are kept once: each row from the store's thread has its own.
  const texts = new Map<string, string>();
  const once = (text: string): string => texts.get(text) ?? (texts.set(text, text), text);
  return {
    cluster,
    namespaces: rows.map(({ namespace }) => once(namespace)),
    names: rows.map(({ hpa }) => hpa),
    reasons: rows.map(({ baseline: { reason } }) => reason && once(reason)),
    facts,
    samples,
  };
}

const oneDecimal = (value: number): number => Math.round(value * 10) / 10;

function packFacts(facts: Float64Array, at: number, row: HpaRow): void {
  const { state, progress, coverage, readyAt } = row.baseline;
  facts[at + ACTIVE] = row.active ? 1 : 0;
  facts[at + STATE] = BASELINE_STATES.indexOf(state);
  facts[at + PROGRESS] = oneDecimal(progress);
  facts[at + COVERAGE] = orNaN(coverage === null ? null : oneDecimal(coverage));
  facts[at + READY_AT] = orNaN(readyAt);
  facts[at + GONE_SINCE] = orNaN(row.goneSince);
  facts[at + LAST_SCAN_AT] = orNaN(row.lastScanAt);
  facts[at + MUTED_UNTIL] = orNaN(row.mutedUntil);
  facts[at + ID] = row.id;
  facts[at + ENROLLED_AT] = row.enrolledAt;
  facts[at + SCANNED_UNTIL] = orNaN(row.scannedUntil);
}
