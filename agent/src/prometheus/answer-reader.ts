import { decodeAnswer, decodeSeries, type Decoded } from './decode.ts';
import type { Series } from './prometheus.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** Around a series stand the body, its `data` and the list `result`: this deep, in such brackets. */
const SERIES_DEPTH = 3;
const AROUND_SERIES = '{{[';
const PLACEHOLDER = Buffer.from('0');

/**
 * Reads an answer as it arrives: each series is decoded once its last byte is there, and its text is let go. So no answer is ever held as a whole, and
 * a long one is worked off piece by piece, between which others have their turn. What stands around the series is decoded at the end, with
 * a 0 in the place of each.
 */
export class AnswerReader {
  readonly #series: Series[] = [];
  readonly #around: Buffer[] = [];
  /** The beginning of a series whose end has not arrived. */
  #begun: Buffer[] = [];
  #brackets = '';
  #depth = 0;
  #inSeries = false;
  #inText = false;
  #isEscaped = false;

  take(chunk: Buffer): void {
    /** What comes before is dealt with. */
    let from = 0;
    for (let i = 0; i < chunk.length; i += 1) {
      const byte = chunk[i];
      if (this.#inText) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#inText = false;
      } else if (byte === QUOTE) {
        this.#inText = true;
      } else if (byte === OPEN_OBJECT || byte === OPEN_LIST) {
        if (byte === OPEN_OBJECT && this.#depth === SERIES_DEPTH && this.#brackets === AROUND_SERIES) {
          this.#around.push(chunk.subarray(from, i), PLACEHOLDER);
          this.#inSeries = true;
          from = i;
        } else if (this.#depth < SERIES_DEPTH) {
          this.#brackets = this.#brackets.slice(0, this.#depth) + (byte === OPEN_OBJECT ? '{' : '[');
        }
        this.#depth += 1;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST) {
        this.#depth -= 1;
        if (this.#inSeries && this.#depth === SERIES_DEPTH) {
          this.#series.push(decodeSeries(this.#withBegun(chunk, from, i + 1)));
          this.#inSeries = false;
          from = i + 1;
        }
      }
    }
    if (from < chunk.length) (this.#inSeries ? this.#begun : this.#around).push(chunk.subarray(from));
  }

  /** @throws AgentError `prometheus/bad-answer` where the body was of another shape or is not whole */
  end(): Decoded {
    return decodeAnswer(Buffer.concat(this.#around).toString('utf8'), this.#series);
  }

  #withBegun(chunk: Buffer, from: number, to: number): string {
    if (this.#begun.length === 0) return chunk.toString('utf8', from, to);
    const text = Buffer.concat([...this.#begun, chunk.subarray(from, to)]).toString('utf8');
    this.#begun = [];
    return text;
  }
}
