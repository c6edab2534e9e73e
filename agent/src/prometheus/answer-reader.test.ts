import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AnswerReader } from './answer-reader.ts';
import { decodeAnswer, type Decoded } from './decode.ts';

function read(text: string, pieces: readonly number[]): Decoded {
  const bytes = Buffer.from(text);
  const reader = new AnswerReader();
  let at = 0;
  for (const piece of pieces) {
    reader.take(bytes.subarray(at, at + piece));
    at += piece;
  }
  reader.take(bytes.subarray(at));
  return reader.end();
}

/** What a decoder comes to, be it a refusal. */
function outcome(decode: () => Decoded): unknown {
  try {
    return decode();
  } catch (error) {
    return { code: (error as { code?: unknown }).code };
  }
}

const labelValue = fc.oneof(fc.string(), fc.constantFrom('{', '}', '[{', '"', '\\', '\\"}', 'ä€😀', ']},{'));
const labels = fc.dictionary(fc.constantFrom('namespace', '__name__', 'pod', 'x{'), labelValue);
const point = fc.tuple(fc.integer({ min: 0, max: 4e9 }), fc.constantFrom('1.5', '0', 'NaN', '+Inf', '-3e-7', '100000'));
const warnings = fc.array(labelValue, { maxLength: 2 });
const matrix = fc.record({
  resultType: fc.constant('matrix'),
  result: fc.array(fc.record({ metric: labels, values: fc.array(point, { maxLength: 4 }) }), { maxLength: 5 }),
});
const vector = fc.record({
  resultType: fc.constant('vector'),
  result: fc.array(fc.record({ metric: labels, value: point }), { maxLength: 5 }),
});
const scalar = fc.record({ resultType: fc.constant('scalar'), result: point });
const body = fc.record({ status: fc.constant('success'), data: fc.oneof(matrix, vector, scalar), warnings });
const pieces = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 30 });

test('an answer reads the same in whatever pieces it arrives as when it is decoded whole', () => {
  fc.assert(
    fc.property(body, pieces, fc.constantFrom(0, 2), (answer, cuts, indent) => {
      const text = JSON.stringify(answer, null, indent);
      expect(read(text, cuts)).toEqual(decodeAnswer(text));
    }),
  );
});

test('a body that is cut off or has a character too many or another one is refused as when it is decoded whole', () => {
  const near = fc.tuple(body, fc.nat(), fc.constantFrom('', '}', '{', '[', ']', '"', ',', '0', '\\'), fc.boolean());
  fc.assert(
    fc.property(near, pieces, ([answer, where, put, isCut], cuts) => {
      const whole = JSON.stringify(answer);
      const at = where % whole.length;
      // Half of a surrogate pair is no text that could arrive.
      const text = (whole.slice(0, at) + put + (isCut ? '' : whole.slice(at + (where % 2)))).toWellFormed();
      expect(outcome(() => read(text, cuts))).toEqual(outcome(() => decodeAnswer(text)));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['objects where no series stand', '{"status":"success","data":{"resultType":"matrix","result":[],"more":[{}]}}'],
  [
    'a zero among the series',
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]},0,5]}}',
  ],
  ['another result type', '{"status":"success","data":{"resultType":"streams","result":[{"metric":{},"values":[]}]}}'],
  ['a failure', '{"status":"error","data":{"resultType":"matrix","result":[{"metric":{},"values":[]}]}}'],
])('%s: a bad answer', (_what, text) => {
  expect(outcome(() => read(text, [5, 40]))).toEqual({ code: 'prometheus/bad-answer' });
});
