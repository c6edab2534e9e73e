import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { HOSTILE_RUNS, hostileText } from './hostile-text.fixture.ts';
import { inLines, onOneLine } from './plain-text.ts';

test.each([
  ['api.v2', 'api.v2'],
  ['\u001b[2Jgone', '\\u{001b}[2Jgone'],
  ['a\nINFO: forged', 'a\\nINFO: forged'],
  ['\u009b31m', '\\u{009b}31m'],
  ['\u202egpj.exe', '\\u{202e}gpj.exe'],
  ['\ud800', '\\u{d800}'],
  ['größe-日本-\ud83d\ude00', 'größe-日本-\ud83d\ude00'],
])('%j is shown as %s', (text, shown) => {
  expect(onOneLine(text)).toBe(shown);
});

test('nothing that a terminal would obey is left, in one line or in several', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      expect(onOneLine(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(inLines(text).split('\n')).toHaveLength(text.split('\n').length);
      expect(inLines(text).replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }),
    HOSTILE_RUNS,
  );
});
