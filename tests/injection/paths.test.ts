import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startPreviewRig, type PreviewRig } from '../../agent/src/http/preview/preview-rig.fixture.ts';
import { loadConfig } from '../../agent/src/config/load.ts';
import { isAgentError } from '../../agent/src/core/errors.ts';
import { HOSTILE_RUNS, HOSTILE_TEXTS, hostileText } from '../../agent/src/core/hostile-text.fixture.ts';
import { backUp } from '../../agent/src/storage/sqlite/backup.ts';
import { withDatabase, withTempDirectory } from '../../agent/src/storage/sqlite/database.fixture.ts';
import { sendRaw } from '../rig/raw-http.ts';

let rig: PreviewRig;
beforeAll(async () => {
  rig = await startPreviewRig();
});
afterAll(() => rig.stop());

/** Each is a folder that the rig serves; `secret.txt` lies beside `host` and `plugin`, files of the one must not come from the other. */
const SERVED = [
  '/public/build',
  '/public/fonts',
  '/public/plugins/hpawatch-monitor-app',
  '/public/plugins/hpawatch-monitor-datasource',
  '/public/plugins',
  '/public',
  '',
];

const UP = ['..', '%2e%2e', '.%2e', '%2E.', '%252e%252e', '..%00', '%c0%ae%c0%ae', '..;', '....', '%uff0e%uff0e', '.'];
const SLASHES = ['/', '%2f', '%2F', '\\', '%5c', '%252f', '//', '/./', '%c0%af', '%00/'];
const ENDS = [
  'secret.txt',
  'secret.txt%00.js',
  'secret.txt/',
  '%73ecret.txt',
  'etc/passwd',
  'proc/self/environ',
  'host/index.html%00',
  'plugin/plugin.json',
];

const climb = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...UP), fc.constantFrom(...SLASHES)), { minLength: 1, maxLength: 8 }),
    fc.constantFrom(...ENDS),
  )
  .map(([steps, end]) => steps.flat().join('') + end);
/** An absolute path, as a part of the request's path. */
const absolute = fc
  .tuple(fc.constantFrom(...SLASHES, '/%2f', 'file:///', 'C:%5c'), fc.constantFrom(...ENDS))
  .map((two) => two.join(''));

const SECRETS = /outside of both folders|root:.*:0:0:|PATH=/;

/** The answer to this request line, byte for byte: a client would tidy the path before it sends it. */
async function answerTo(path: string): Promise<{ status: number; body: string }> {
  const { answers, hung } = await sendRaw(
    { port: rig.agent.server.port },
    `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${rig.agent.server.port}\r\nConnection: close\r\n\r\n`,
    // A file is read while the connection waits; one that was half closed would be given up.
    { endsSending: false },
  );
  expect(hung).toBe(false);
  expect(answers).toHaveLength(1);
  return answers[0] ?? { status: 0, body: '' };
}

describe('the preview', () => {
  test('serves the files of its folders at these places', async () => {
    expect((await answerTo('/preview/public/build/boot.js')).body).toBe('boot');
    expect((await answerTo('/preview/public/plugins/hpawatch-monitor-app/%6dodule.js')).body).toBe('app');
  });

  test('no path, however encoded, reads outside of the folder that it names', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...SERVED),
        fc.constantFrom('/', '', '%2f'),
        fc.oneof(climb, absolute),
        async (served, between, path) => {
          const { status, body } = await answerTo(`/preview${served}${between}${path}`);
          expect(status).toBeLessThan(500);
          expect(body).not.toMatch(SECRETS);
        },
      ),
      HOSTILE_RUNS,
    );
  });

  test('a plugin is found by its ID alone, never by a path or a name that every object has', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          climb.map(encodeURIComponent),
          fc.constantFrom('__proto__', 'constructor', 'toString', '..', '%2e', '%00', 'datasource', 'plugin'),
        ),
        async (id) => {
          const { status, body } = await answerTo(`/preview/public/plugins/${id}/module.js`);
          expect(status).toBeGreaterThanOrEqual(400);
          expect(status).toBeLessThan(500);
          expect(body).not.toMatch(/^(app|data source|boot)$/);
        },
      ),
      HOSTILE_RUNS,
    );
  });
});

/** All files below a directory, as paths from it. */
const filesIn = (directory: string): string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .sort();

describe('files that a person names', () => {
  test('a backup is the one file of that name, or a documented error and no file', () =>
    withDatabase(async (_database, path) => {
      const given = { replace: false, onProgress: () => undefined };
      await withTempDirectory(async (directory) => {
        const work = join(directory, 'work');
        mkdirSync(work);
        writeFileSync(join(directory, 'bystander'), 'stays');
        let made = 0;
        // One that leads up may be meant; it is left out here because it would leave the directory of the test.
        for (const name of HOSTILE_TEXTS.filter((text) => resolve(work, text).startsWith(work + sep))) {
          const target = resolve(work, name);
          const before = filesIn(directory);
          try {
            await backUp(path, target, given);
          } catch (error) {
            if (!isAgentError(error)) throw error;
            expect(filesIn(directory)).toEqual(before);
            continue;
          }
          made += 1;
          expect(filesIn(directory)).toHaveLength(before.length + 1);
          expect(existsSync(target)).toBe(true);
        }
        expect(made).toBeGreaterThan(50);
        expect(readFileSync(join(directory, 'bystander'), 'utf8')).toBe('stays');
      });
    }));

  test('the path of a token file is taken as it is: exactly that file, or an error that names the setting', () =>
    withTempDirectory((cwd) => {
      fc.assert(
        fc.property(hostileText, (name) => {
          if (name === '') return;
          try {
            const { auth } = loadConfig({ file: null, env: { HPA_WATCH_TOKEN_FILE: name }, cwd });
            expect(auth.tokenFile).toBe(resolve(cwd, name));
          } catch (error) {
            if (!isAgentError(error)) throw error;
            expect(error.code).toBe('config/invalid');
            expect(error.message).toContain('auth.tokenFile');
            // What it would have read is not in what it says.
            expect(error.message).not.toMatch(SECRETS);
          }
        }),
        HOSTILE_RUNS,
      );
      expect(filesIn(cwd)).toEqual([]);
    }));
});
