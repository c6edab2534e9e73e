import { SECOND } from '../core/clock.ts';
import { keyOf, mix } from './rng.ts';
import { surprises } from './surprises.ts';

/** When the Prometheus of a cluster scrapes: every `scrapeMs`, at an offset of its own, and now and then not at all. */
export class ScrapeGrid {
  /** First tick of the simulation; first scrape. Epoch ms. */
  readonly from: number;
  readonly first: number;
  readonly scrapeMs: number;
  readonly #key: number;
  #missed = { from: Infinity, to: -Infinity, at: new Set<number>() };

  /** `from` and `scrapeMs` must be multiples of 15 s. */
  constructor(seed: number, cluster: string, from: number, scrapeMs: number) {
    if (from % (15 * SECOND) !== 0 || scrapeMs % (15 * SECOND) !== 0) throw new RangeError('not on the 15 s grid');
    this.#key = keyOf(seed ^ 0x6a09e667, cluster);
    this.from = from;
    this.scrapeMs = scrapeMs;
    const offset = (mix(this.#key, 0) % (scrapeMs / (15 * SECOND))) * 15 * SECOND;
    this.first = from + ((((offset - from) % scrapeMs) + scrapeMs) % scrapeMs);
  }

  isScrape(at: number): boolean {
    return at >= this.first && (at - this.first) % this.scrapeMs === 0;
  }

  /** Number of scrapes at or before `at`. */
  rowsUntil(at: number): number {
    return at < this.first ? 0 : Math.floor((at - this.first) / this.scrapeMs) + 1;
  }

  timeOf(row: number): number {
    return this.first + row * this.scrapeMs;
  }

  /** Whether the scrape at `at` got no answer. */
  isMissed(at: number): boolean {
    if (at < this.#missed.from || at >= this.#missed.to) this.#lookUp(at);
    return this.#missed.at.has(at);
  }

  #lookUp(at: number): void {
    const day = 86_400_000;
    const from = at - this.scrapeMs;
    const starts = surprises('missed_scrape', this.#key, from, at + day).map(({ start }) => start);
    // The scrape due at or after the moment of trouble is the one that fails.
    const due = starts.map((start) => this.first + Math.ceil((start - this.first) / this.scrapeMs) * this.scrapeMs);
    this.#missed = { from: at, to: at + day, at: new Set(due) };
  }
}
