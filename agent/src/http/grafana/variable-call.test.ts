import { expect, test } from '@jest/globals';
import { variableCall } from './variable-call.ts';

test.each<[string, ReturnType<typeof variableCall>]>([
  ['clusters', { name: 'clusters', args: [] }],
  [' clusters() ', { name: 'clusters', args: [] }],
  ['namespaces(prod)', { name: 'namespaces', args: ['prod'] }],
  ['hpas(prod, {shop,web})', { name: 'hpas', args: ['prod', '{shop,web}'] }],
  ['hpas((a|b), (c|d))', { name: 'hpas', args: ['(a|b)', '(c|d)'] }],
  ['hpas(, shop)', { name: 'hpas', args: ['', 'shop'] }],
  ['hpas(\'prod\', "shop")', { name: 'hpas', args: ['prod', 'shop'] }],
  ['', null],
  ['hpas(prod', null],
  ['label_values(up, x) or y', null],
])('%j', (text, expected) => {
  expect(variableCall(text)).toEqual(expected);
});
