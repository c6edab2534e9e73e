import { describe, expect, test } from '@jest/globals';
import {
  missingTokens,
  pollSecondsOf,
  tidyUrl,
  urlFault,
  withoutReadToken,
  withoutToken,
  withReadToken,
  withToken,
  type AgentSettings,
} from './settings';

const EMPTY = { url: '', jsonData: {}, secureJsonFields: {}, secureJsonData: {} } as AgentSettings;
/** As Grafana gives back what was saved. */
const saved = (jsonData = {}, ...fields: string[]) =>
  ({ ...EMPTY, jsonData, secureJsonFields: Object.fromEntries(fields.map((name) => [name, true])) }) as AgentSettings;

describe('one token serves both routes', () => {
  test('entered, also letter by letter', () => {
    const typed = ['s', 'se', 'secret'].reduce(withToken, EMPTY);
    expect(typed.secureJsonData).toEqual({ token: 'secret', readToken: 'secret' });
    expect(missingTokens(typed)).toEqual([]);
  });

  test('a reading token of its own is kept when the other is entered anew', () => {
    const both = withToken(withReadToken(withToken(EMPTY, 'w'), 'r'), 'w2');
    expect(both.secureJsonData).toEqual({ token: 'w2', readToken: 'r' });
  });

  test('the reading token emptied again is the other one', () => {
    const settings = withReadToken(withReadToken(withToken(EMPTY, 'w'), 'r'), '');
    expect(settings.secureJsonData).toEqual({ token: 'w', readToken: 'w' });
    expect(withToken(settings, 'w2').secureJsonData).toEqual({ token: 'w2', readToken: 'w2' });
  });

  test('reset, both are gone; a reading token of its own stays', () => {
    expect(missingTokens(withoutToken(saved({}, 'token', 'readToken')))).toEqual(['token', 'readToken']);
    expect(missingTokens(withoutToken(saved({ hasOwnReadToken: true }, 'token', 'readToken')))).toEqual(['token']);
  });

  test('the reading token reset leaves the other, and tells that reading has none', () => {
    const settings = withoutReadToken(saved({ hasOwnReadToken: true }, 'token', 'readToken'));
    expect(missingTokens(settings)).toEqual(['readToken']);
    expect(missingTokens(withToken(withoutToken(settings), 'w'))).toEqual(['readToken']);
    expect(missingTokens(withReadToken(settings, 'r'))).toEqual([]);
  });
});

test.each([
  ['http://127.0.0.1:8085', null],
  ['https://agent.example/hpa-watch', null],
  ['', 'missing'],
  ['127.0.0.1:8085', 'not-a-url'],
  ['http://user:secret@agent:8085', 'not-a-url'],
  ['http://agent:8085?x=1', 'not-a-url'],
])('the address %s', (url, fault) => {
  expect(urlFault(url)).toBe(fault);
});

test('routes add a path, so that the address ends without a slash', () => {
  expect(tidyUrl(' http://agent:8085// ')).toBe('http://agent:8085');
});

test.each([
  [undefined, 15],
  [30, 30],
  [1, 5],
  [1e9, 3_600],
  [Number.NaN, 15],
  ['soon' as unknown as number, 15],
])('live queries ask each %s s', (pollSeconds, expected) => {
  expect(pollSecondsOf({ pollSeconds })).toBe(expected);
});
