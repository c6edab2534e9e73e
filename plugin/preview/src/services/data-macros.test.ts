import { createDataFrame, FieldType, type DataContextScopedVar } from '@grafana/data';
import { expect, test } from '@jest/globals';
import { dataMacro } from './data-macros';
import { templateSrv } from './template-srv';

const frame = createDataFrame({
  fields: [
    { name: 'Cluster', type: FieldType.string, values: ['prod-eu', 'lab'] },
    { name: 'an HPA', type: FieldType.string, values: ['api', 'a/b ü'] },
    { name: 'load', type: FieldType.number, values: [0.5, 2.25], labels: { pod: 'x' }, config: { unit: 'short' } },
  ],
});
const at = (rowIndex?: number): { __dataContext: DataContextScopedVar } => ({
  __dataContext: {
    value: { data: [frame], frame, field: frame.fields[2]!, ...(rowIndex !== undefined && { rowIndex }) },
  },
});

test.each([
  ['${__data.fields.Cluster}', 'lab'],
  ['${__data.fields["an HPA"]}', 'a/b ü'],
  ["${__data.fields['an HPA']:percentencode}", 'a%2Fb%20%C3%BC'],
  ['${__data.fields[0].text}', 'lab'],
  ['${__data.fields.load.numeric}', '2.25'],
  ['${__value.raw} of ${__field.name}', '2.25 of load x'],
  ['${__field.labels.pod}', 'x'],
  [
    '${__data.fields.none} ${__data.other} ${__field.labels.none}',
    '${__data.fields.none} ${__data.other} ${__field.labels.none}',
  ],
])('%s of a row is %s', (text, replaced) => {
  expect(templateSrv.replace(text, at(1))).toBe(replaced);
});

test('a link that says no format is written as an address', () => {
  expect(templateSrv.replace('/hpa/${__data.fields["an HPA"]}', at(1), 'uriencode')).toBe('/hpa/a/b%20%C3%BC');
});

test('where there is no row nothing is said of one', () => {
  expect([dataMacro('__data', 'fields.Cluster', at()), dataMacro('__data', 'fields.Cluster', {})]).toEqual([
    null,
    null,
  ]);
});
