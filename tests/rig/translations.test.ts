import { describe, expect, test } from '@jest/globals';
import { clashes, englishTexts, flatten, nest, problemsOf, staleEnglish } from '../../tools/i18n/catalogue.ts';
import { extractTexts } from '../../tools/i18n/extract.ts';
import { readCode, readTexts, TRANSLATIONS } from '../../tools/i18n/files.ts';

const read = (source: string) => extractTexts('page.tsx', source);

describe('texts are found in code', () => {
  test.each([
    [`t('a.b', 'Hello')`, 'Hello'],
    [`t('a.b', 'Hello ' + 'you')`, 'Hello you'],
    [`t('a.b', 'Hello {{name}}', { name })`, 'Hello {{name}}'],
    [`t('a.b', 'Hello {{name}}', plain({ name: who() }))`, 'Hello {{name}}'],
    [`t('a.b', 'Hello {{name}}', { ...plain({ name }) })`, 'Hello {{name}}'],
    [
      `const f = () => { const values = plain({ name }); return t('a.b', 'Hello {{name}}', values); }`,
      'Hello {{name}}',
    ],
    [`<Trans i18nKey="a.b">Hello</Trans>`, 'Hello'],
    [`<Trans i18nKey="a.b">\n  Hello\n  you\n</Trans>`, 'Hello you'],
    [`<Trans i18nKey="a.b">Run <code>this</code> now</Trans>`, 'Run <1>this</1> now'],
    [`<Trans i18nKey="a.b">Hello {{ name }}</Trans>`, 'Hello {{name}}'],
    [`<Trans i18nKey="a.b" defaults="Hello {{name}}" values={{ name }} />`, 'Hello {{name}}'],
  ])('%s', (source, text) => {
    const { texts, problems } = read(source);
    expect(problems).toEqual([]);
    expect(texts).toMatchObject([{ key: 'a.b', text, at: expect.stringMatching(/^page.tsx:\d+$/) }]);
  });

  test.each([
    ['a key made while running', 't(`a.${b}`, "Text")'],
    ['a text made while running', 't("a", text)'],
    ['values from elsewhere', 't("a", "{{b}}", values)'],
    ['a value that is not given', 't("a", "{{b}}", { c })'],
  ])('%s is told', (_, source) => {
    expect(read(source).problems).toHaveLength(1);
  });
});

test('one and many have texts of their own, in each language its own forms', () => {
  const { texts } = read(`t('rows', '{{count}} rows', { count, defaultValue_one: 'a row' })`);
  const english = englishTexts(texts);
  expect(nest(english)).toEqual({ rows_one: 'a row', rows_other: '{{count}} rows' });
  expect(problemsOf(english, texts, 'en-US')).toEqual([]);
  expect(problemsOf(english, texts, 'pt-BR')).toEqual(['pt-BR: rows_many is missing']);
});

test('a count that the text does not tell has no forms', () => {
  const { texts } = read(`t('rows', 'Rows of {{name}}', { count, name })`);
  expect([...englishTexts(texts).keys()]).toEqual(['rows']);
});

describe('what is wrong with a translation is told', () => {
  const { texts } = read(`t('a.hello', 'Hello {{name}}', { name }); t('a.run', 'Run <1>this</1>')`);
  const good = { a: { hello: 'Olá {{name}}', run: 'Rode <1>isto</1>' } };

  test.each([
    [good, []],
    [{ a: { run: 'Rode <1>isto</1>' } }, ['pt-BR: a.hello is missing']],
    [{ a: { ...good.a, hello: ' ' } }, ['pt-BR: a.hello is empty']],
    [{ a: { ...good.a, hello: 'Olá' } }, ['pt-BR: a.hello lacks {{name}}']],
    [{ a: { ...good.a, hello: 'Olá {{name}}{{nome}}' } }, ['pt-BR: a.hello has {{nome}}, unknown in English']],
    [{ a: { ...good.a, run: 'Rode isto' } }, ['pt-BR: a.run has other tags than English']],
    [{ ...good, old: 'velho' }, ['pt-BR: old is used nowhere']],
  ])('%j', (translated, problems) => {
    expect(problemsOf(flatten(translated), texts, 'pt-BR')).toEqual(problems);
  });
});

test.each([
  ['two texts of one key', `t('a', 'One'); t('a', 'Two')`, /another text/],
  ['a text below a text', `t('a', 'One'); t('a.b', 'Two')`, /cannot be a text/],
])('%s clash', (_, source, problem) => {
  expect(clashes(read(source).texts)).toEqual([expect.stringMatching(problem)]);
});

test('the plugin has every text in every language, and no other', () => {
  const { texts, problems } = readCode();
  expect(texts.length).toBeGreaterThan(400);
  expect([...problems, ...clashes(texts), ...staleEnglish(readTexts('en-US'), texts)]).toEqual([]);
  for (const language of ['en-US', ...TRANSLATIONS])
    expect(problemsOf(readTexts(language), texts, language)).toEqual([]);
});
