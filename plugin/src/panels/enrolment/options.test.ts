import { expect, test } from '@jest/globals';
import { completeOptions, filteredClusters } from './options';

test.each([
  ['', ['prod-eu', 'prod-us', 'lab']],
  [' , ', ['prod-eu', 'prod-us', 'lab']],
  ['lab', ['lab']],
  ['prod-us, prod-eu', ['prod-eu', 'prod-us']],
  ['gone', []],
])('the filter "%s" lets %j through', (filter, expected) => {
  expect(filteredClusters(['prod-eu', 'prod-us', 'lab'], filter)).toEqual(expected);
});

test('options of an older dashboard are completed', () => {
  expect(completeOptions({ clusters: 'lab' })).toEqual({ dataSource: '', clusters: 'lab' });
});
