import { AnswerReader } from '../../../agent/src/prometheus/answer-reader.ts';
import { decodeAnswer } from '../../../agent/src/prometheus/decode.ts';

/** What a socket gives at once. */
const CHUNK_BYTES = 65_536;
const ROUNDS = 15;

function answerOf(series: number, points: number): Buffer {
  const result = Array.from({ length: series }, (_, i) => ({
    metric: { namespace: `team-${i % 8}`, owner_kind: 'Deployment', owner_name: `service-${i}` },
    values: Array.from({ length: points }, (_, at) => [1_767_225_600 + 60 * at, String(40 + 17.3 * Math.sin(at + i))]),
  }));
  return Buffer.from(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }));
}

function best(run: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  });
  return Math.min(...times);
}

/** The same answer decoded as it arrives and as a whole: time of each, and the longest time the thread is held at once. */
export function decodingRows(): object[] {
  return [
    { of: 'a scan of 100 HPAs', series: 100, points: 3 },
    { of: 'a scan of 1,000 HPAs', series: 1_000, points: 3 },
    { of: 'history of 50 HPAs', series: 50, points: 864 },
    { of: 'a first hour of 1,000 HPAs', series: 1_000, points: 56 },
  ].map(({ of, series, points }) => {
    const bytes = answerOf(series, points);
    const chunks = Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, i) =>
      bytes.subarray(i * CHUNK_BYTES, (i + 1) * CHUNK_BYTES),
    );
    const wholeMs = best(() => void decodeAnswer(Buffer.concat(chunks).toString('utf8')));
    let longestMs = Infinity;
    const readMs = best(() => {
      const reader = new AnswerReader();
      let longest = 0;
      for (const chunk of chunks) {
        const startedAt = performance.now();
        reader.take(chunk);
        longest = Math.max(longest, performance.now() - startedAt);
      }
      reader.end();
      longestMs = Math.min(longestMs, longest);
    });
    const round = (value: number) => Number(value.toFixed(2));
    return {
      row: 'decoding',
      of,
      bytes: bytes.length,
      whole_ms: round(wholeMs),
      as_it_arrives_ms: round(readMs),
      ratio: round(readMs / wholeMs),
      held_at_once_ms: round(longestMs),
    };
  });
}
