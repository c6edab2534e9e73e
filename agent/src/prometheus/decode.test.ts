import { expect, test } from '@jest/globals';
import { decodeAnswer } from './decode.ts';

const matrix = (values: unknown) =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [{ metric: { a: 'b' }, values }] } });

test('a matrix becomes times in ms and numbers; NaN and infinities are missing, never 0', () => {
  const points = [
    [1, '1.5'],
    [61.5, 'NaN'],
    [121, '+Inf'],
    [181, '-Inf'],
    [241, '0'],
  ];
  expect(decodeAnswer(matrix(points)).series).toEqual([
    { labels: { a: 'b' }, times: [1_000, 241_000], values: [1.5, 0] },
  ]);
});

test('vectors, scalars and warnings', () => {
  const vector = {
    resultType: 'vector',
    result: [
      { metric: {}, value: [2, '7'] },
      { metric: {}, value: [2, 'NaN'] },
    ],
  };
  expect(decodeAnswer(JSON.stringify({ status: 'success', data: vector, warnings: ['partial'] }))).toEqual({
    series: [{ labels: {}, times: [2_000], values: [7] }],
    warnings: ['partial'],
  });
  const scalar = { status: 'success', data: { resultType: 'scalar', result: [2, '3'] } };
  expect(decodeAnswer(JSON.stringify(scalar)).series).toEqual([{ labels: {}, times: [2_000], values: [3] }]);
});

test.each([
  ['a cut body', '{"status":"success","data":{"resu'],
  ['a web page', '<html></html>'],
  ['an empty body', ''],
  ['null', 'null'],
  ['a failure', '{"status":"error","error":"x"}'],
  ['an unknown result type', '{"status":"success","data":{"resultType":"string","result":[1,"a"]}}'],
  ['values that are no list', matrix('x')],
  ['a point that is no pair', matrix([[1]])],
  ['a value that is no text', matrix([[1, 2]])],
  ['an empty value', matrix([[1, '']])],
  ['a value that is no number', matrix([[1, 'many']])],
])('%s is a bad answer', (_what, text) => {
  expect(() => decodeAnswer(text)).toThrow(expect.objectContaining({ code: 'prometheus/bad-answer' }));
});
