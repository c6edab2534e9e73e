import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kubeconfigFiles, parseContexts, readContexts } from './kubeconfig.ts';

test.each([
  ['the settings alone', '/a', '/b:/c', ['/a']],
  ['KUBECONFIG, a list', null, '/b::/c:/b', ['/b', '/c']],
  ['the home directory', null, undefined, ['/home/u/.kube/config']],
  ['an empty KUBECONFIG is none', null, '', ['/home/u/.kube/config']],
])('files come from %s', (_, kubeconfig, kubeconfigEnv, files) => {
  expect(kubeconfigFiles({ kubeconfig, kubeconfigEnv, home: '/home/u' })).toEqual(files);
});

describe('a kubeconfig', () => {
  test.each([
    ['YAML', 'contexts:\n- name: a\n  context: {cluster: x}\n- name: b\n', ['a', 'b']],
    ['JSON', '{"contexts":[{"name":"a"}]}', ['a']],
    ['empty', '', []],
    ['without contexts', 'contexts: null\nclusters: []', []],
  ])('%s', (_, text, names) => expect(parseContexts(text, 'f')).toEqual(names));

  test.each([
    ['broken', 'users: [{token: hush', /f cannot be used: it is not YAML \(line 1/],
    ['a list', '- a', /f cannot be used: at the top/],
    ['a nameless context', 'contexts: [{}]', /at contexts.0.name/],
  ])('%s is refused without a word of its text', (_, text, message) => {
    expect(() => parseContexts(text, 'f')).toThrow(expect.objectContaining({ code: 'config/unreadable' }));
    expect(() => parseContexts(text, 'f')).toThrow(message);
    expect(() => parseContexts(text, 'f')).not.toThrow(/hush/);
  });
});

describe('on disk', () => {
  let dir = '';
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'hpa-watch-kubeconfig-'));
    await writeFile(join(dir, 'one'), 'contexts: [{name: a}, {name: b}]');
    await writeFile(join(dir, 'two'), 'contexts: [{name: b}, {name: c}]');
  });
  afterAll(() => rm(dir, { recursive: true }));

  const place = { kubeconfig: null, kubeconfigEnv: undefined, home: '/nonexistent' };

  test('several files are one, and a missing one is passed over', async () => {
    const kubeconfigEnv = `${join(dir, 'one')}:${join(dir, 'gone')}:${join(dir, 'two')}`;
    expect(await readContexts({ ...place, kubeconfigEnv })).toEqual(['a', 'b', 'c']);
  });

  test('no file at all has no contexts', async () => expect(await readContexts(place)).toEqual([]));

  test('a file asked for by name must be there', async () => {
    await expect(readContexts({ ...place, kubeconfig: join(dir, 'gone') })).rejects.toMatchObject({
      code: 'config/unreadable',
      message: expect.stringContaining('no such file'),
    });
  });

  test('a directory cannot be read', async () => {
    await expect(readContexts({ ...place, kubeconfig: dir })).rejects.toMatchObject({ code: 'config/unreadable' });
  });
});
