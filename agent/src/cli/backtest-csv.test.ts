import { expect, test } from '@jest/globals';
import { readCsv } from './backtest-csv.ts';

const AT = Date.UTC(2026, 2, 1, 14, 5);

test.each([
  ['ISO times with a heading', 'timestamp,value\n2026-03-01T14:05:00Z,12.5\n2026-03-01T14:06:00Z,13\n'],
  ['no heading, and no zone', '2026-03-01 14:05:00,12.5\n2026-03-01 14:06:00,13'],
  ['epoch seconds', '1772373900,12.5\n1772373960,13'],
  ['epoch milliseconds', '1772373900000,12.5\n1772373960000,13'],
  [
    'quotes, a byte order mark, Windows line ends and empty lines',
    '\uFEFF"Time","cpu"\r\n"1772373900","12.5"\r\n\r\n1772373960,13\r\n',
  ],
  ['seconds within a minute, of which the last counts', '1772373900,1\n1772373930,12.5\n1772373961,13'],
])('%s are read', (_, text) => {
  expect(readCsv(text, 'x.csv')).toEqual([
    { ts: AT, value: 12.5 },
    { ts: AT + 60_000, value: 13 },
  ]);
});

test.each([
  [
    'a bad time',
    '2026-03-01,1\nyesterday,2',
    /^x\.csv, line 2: found timestamp "yesterday"; allowed: an ISO 8601 time/,
  ],
  ['a bad value', '2026-03-01,1\n2026-03-02,many', /line 2: found value "many"; allowed: a number of 0 or more/],
  ['a missing value', '2026-03-01,1\n2026-03-02,', /line 2: found value ""; allowed/],
  ['a value missing in the first line', '2026-03-01,', /line 1: found value ""; allowed/],
  ['a value below 0', '2026-03-01,-1', /line 1: found value "-1"/],
  ['NaN', '2026-03-01,NaN', /line 1: found value "NaN"/],
  ['a third field', '2026-03-01,1,2', /line 1: found "2026-03-01,1,2"; allowed: two fields/],
  ['another separator', '2026-03-01;1', /line 1: found "2026-03-01;1"; allowed: two fields/],
  ['a time before the last', '2026-03-02,1\n\n2026-03-01,1', /line 3: .*not before that of line 1/],
  ['a second heading', 'time,value\ntime,value\n2026-03-01,1', /line 2: found timestamp "time"/],
  ['nothing', '', /x\.csv holds no values/],
  ['a heading alone', 'time,value\n', /x\.csv holds no values/],
])('%s is refused with its line and what is allowed', (_, text, message) => {
  expect(() => readCsv(text, 'x.csv')).toThrow(message);
});
