import type { TypedVariableModel } from '@grafana/data';
import { beforeEach, expect, test } from '@jest/globals';
import { chooseVariables, templateSrv } from './template-srv';

const variable = (name: string, ...values: string[]) => ({ name, values, model: { name } as TypedVariableModel });
beforeEach(() => chooseVariables([variable('cluster', 'prod-eu', 'lab'), variable('hpa', 'api.v1'), variable('none')]));

test.each([
  ['$hpa', 'api.v1'],
  ['${hpa}', 'api.v1'],
  ['[[hpa]]', 'api.v1'],
  ['a $hpa b ${hpa} c', 'a api.v1 b api.v1 c'],
  ['$hpa-2', 'api.v1-2'],
  ['$cluster', '{prod-eu,lab}'],
  ['${cluster:csv}', 'prod-eu,lab'],
  ['${cluster:pipe}', 'prod-eu|lab'],
  ['${cluster:json}', '["prod-eu","lab"]'],
  ['${cluster:regex}', '(prod-eu|lab)'],
  ['${hpa:regex}', 'api\\.v1'],
  ['${cluster:singlequote}', "'prod-eu','lab'"],
  ['${hpa:percentencode}', 'api.v1'],
  ['[[cluster:csv]]', 'prod-eu,lab'],
  ['$unknown and ${unknown:csv}', '$unknown and ${unknown:csv}'],
  ['no variable, 5 $ and $$', 'no variable, 5 $ and $$'],
])('%s is %s', (text, replaced) => {
  expect(templateSrv.replace(text)).toBe(replaced);
});

test('what a panel says of itself comes before what the dashboard says', () => {
  const scoped = { hpa: { text: 'web', value: 'web' }, __interval: { text: '1m', value: '1m' } };
  expect(templateSrv.replace('$hpa every $__interval', scoped)).toBe('web every 1m');
});

test('a data source may say itself how values are written', () => {
  const seen: unknown[] = [];
  const format = (values: unknown) => {
    seen.push(values);
    return 'x';
  };
  expect(templateSrv.replace('$cluster $hpa', {}, format)).toBe('x x');
  expect(seen).toEqual([['prod-eu', 'lab'], 'api.v1']);
});

test.each([
  ['$cluster', true],
  ['${cluster}', true],
  ['plain', false],
  [undefined, false],
])('%s has a variable: %s', (text, expected) => {
  expect(templateSrv.containsTemplate(text)).toBe(expected);
});
