import { describe, expect, test } from '@jest/globals';
import { catalogueProblems } from '../../tools/package/catalogue.ts';
import { nestedProblems, sourceProblems } from '../../tools/package/source-rules.ts';

const expected = { id: 'acme-thing-app', version: '1.2.3' };
const info = {
  version: '1.2.3',
  updated: '2026-11-24',
  description: 'Watches things.',
  author: { name: 'Acme' },
  keywords: ['things'],
  logos: { small: 'img/logo.svg', large: 'img/logo.svg' },
  screenshots: [],
  links: [{ url: 'https://example.org' }],
};
const dependencies = { grafanaDependency: '>=12.3.0' };
const app = {
  id: 'acme-thing-app',
  type: 'app',
  name: 'Thing',
  includes: [{ type: 'panel', path: 'panels/thing/plugin.json' }],
  info: { ...info, screenshots: [{ name: 'Things', path: 'img/things.png' }] },
  dependencies,
};
const panel = { id: 'acme-thing-panel', type: 'panel', name: 'Thing', info, dependencies };

const GOOD: Record<string, unknown> = {
  'plugin.json': app,
  'module.js': 'define()',
  'module.js.map': '{}',
  'img/logo.svg': '<svg/>',
  'img/things.png': 'png',
  'panels/thing/plugin.json': panel,
  'panels/thing/module.js': 'define()',
  'panels/thing/module.js.map': '{}',
  'panels/thing/img/logo.svg': '<svg/>',
  'README.md': '# Thing\n\nWatches.\n\n## What\n\nAll things.\n\n## Why\n\nThings change.\n',
  'CHANGELOG.md': '# Changelog\n\n## 1.2.3\n\nFirst.\n',
  LICENSE: 'Apache-2.0',
};

const problemsOf = (changed: Record<string, unknown>): string[] =>
  catalogueProblems(
    new Map(
      Object.entries({ ...GOOD, ...changed }).flatMap(([path, content]): [string, Buffer][] =>
        content === null ? [] : [[path, Buffer.from(typeof content === 'string' ? content : JSON.stringify(content))]],
      ),
    ),
    expected,
  );

test('an archive with all that is asked for is taken', () => {
  expect(problemsOf({})).toEqual([]);
});

describe('refused is', () => {
  test.each<[string, Record<string, unknown>, string]>([
    ['no licence', { LICENSE: null }, 'LICENSE is missing or empty'],
    ['an empty changelog', { 'CHANGELOG.md': '' }, 'CHANGELOG.md is missing or empty'],
    ['a changelog without versions', { 'CHANGELOG.md': '# Changelog' }, 'CHANGELOG.md tells of no version'],
    ['an HTML comment', { 'README.md': `${String(GOOD['README.md'])}<!-- x -->` }, 'README.md has an HTML comment'],
    ['a bare README', { 'README.md': '# Thing' }, 'README.md says next to nothing'],
    [
      'a placeholder',
      { 'README.md': `${String(GOOD['README.md'])}%VERSION%` },
      'README.md has a placeholder that was not filled: %VERSION%',
    ],
    [
      'another version',
      { 'plugin.json': { ...app, info: { ...app.info, version: '1.2.4' } } },
      "plugin.json: info.version is 1.2.4, the package's is 1.2.3",
    ],
    [
      'another id',
      { 'plugin.json': { ...app, id: 'acme-other-app' } },
      'plugin.json has the id acme-other-app, not acme-thing-app',
    ],
    [
      'an id of four parts',
      { 'panels/thing/plugin.json': { ...panel, id: 'acme-a-b-panel' } },
      'panels/thing/plugin.json: id acme-a-b-panel is not of the form org-name-type',
    ],
    [
      'another organisation',
      { 'panels/thing/plugin.json': { ...panel, id: 'other-thing-panel' } },
      'panels/thing/plugin.json: id begins with another organisation than the app',
    ],
    ['broken JSON', { 'panels/thing/plugin.json': '{' }, 'panels/thing/plugin.json is no JSON'],
    ['no screenshot', { 'plugin.json': { ...app, info } }, 'plugin.json: info.screenshots is empty'],
    [
      'a screenshot that is not there',
      { 'img/things.png': null },
      'plugin.json: the image img/things.png is not in the archive',
    ],
    [
      'a nested logo that is not there',
      { 'panels/thing/img/logo.svg': null },
      'panels/thing/plugin.json: the image img/logo.svg is not in the archive',
    ],
    ['no source map', { 'panels/thing/module.js.map': null }, 'panels/thing/module.js.map is not there'],
    [
      'what is included and not there',
      { 'panels/thing/plugin.json': null },
      'plugin.json includes panels/thing/plugin.json, which is not there',
    ],
    [
      'what is there and not included',
      { 'plugin.json': { ...app, includes: [] } },
      'plugin.json does not include panels/thing/plugin.json',
    ],
    [
      'source in the archive',
      { 'panels/thing/Panel.tsx': 'x' },
      'panels/thing/Panel.tsx does not belong into the archive',
    ],
  ])('%s', (_, changed, problem) => {
    expect(problemsOf(changed)).toContain(problem);
  });
});

test.each([
  ['console.log("x")', ['1: writes to the console']],
  ['console.error(error)', []],
  ["window.open(url, '_blank', 'noopener')", []],
  ['window.open(url)', ['1: opens a window without noopener']],
  ["import './a.css'", ['1: imports a style sheet']],
  ["localStorage.setItem('filter', x)", ['1: keeps something in localStorage without a prefix of its own']],
  ["localStorage.setItem('hpawatch.filter', x)", []],
  ['a\n<div dangerouslySetInnerHTML={x} />', ['2: sets HTML']],
])('source %j', (source, problems) => {
  expect(sourceProblems(source)).toEqual(problems);
});

test.each([
  ["const Page = lazy(() => import('./Page'))", 1],
  ["import { lazyThing } from './x'", 0],
])('a nested plugin with %j', (source, count) => {
  expect(nestedProblems(source)).toHaveLength(count);
});
