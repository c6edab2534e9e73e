import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { systemClock } from '../core/clock.ts';
import { readServices } from './read-services.ts';

let dir = '';
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'hpa-watch-read-services-'))));
afterAll(() => rmSync(dir, { recursive: true }));

/** What a program in the place of kubectl makes of the question for all services. */
function ask(script: string) {
  const kubectlPath = join(dir, 'kubectl');
  writeFileSync(kubectlPath, `#!/bin/sh\n${script}\n`);
  chmodSync(kubectlPath, 0o755);
  const deps = {
    kubectlPath,
    env: { PATH: process.env.PATH },
    ledger: { record() {}, forget() {} },
    clock: systemClock,
  };
  const subject = {
    context: 'prod',
    namespace: 'monitoring',
    service: 'auto',
    port: 9090,
    endpoint: null,
    kubectlPath,
  };
  const question = { subject, kubeconfig: null, service: null, timeoutMs: 20_000 };
  return readServices(deps, question, new AbortController().signal);
}

test('services are read', async () => {
  expect(await ask(`echo '{"items":[{"metadata":{"name":"a"},"spec":{}}]}'`)).toMatchObject([
    { metadata: { name: 'a' } },
  ]);
});

test('an answer without end is broken off', async () => {
  await expect(ask('exec yes "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"')).rejects.toMatchObject(
    {
      code: 'kubectl/exited',
      message: expect.stringMatching(/context "prod" ended \(kubectl: it answered more than 16 MiB\)/),
    },
  );
});

test('what it says on stderr is told without secrets', async () => {
  await expect(ask('echo "error: Unauthorized, token=abc" >&2; exit 1')).rejects.toMatchObject({
    code: 'kubectl/unauthorised',
    message: expect.stringMatching(/token=\[hidden\]/),
  });
});
