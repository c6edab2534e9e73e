import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redactSecrets } from './redact.ts';

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
const OPAQUE = 'Ab3dEf6hIj9lMn0pQr2tUv5xYz8AbCdEfG1h';

test.each([
  [`Authorization: Bearer ${JWT}`, 'Authorization: Bearer [hidden]'],
  [`the token ${JWT} has expired`, 'the token [hidden] has expired'],
  [`{"kind":"ExecCredential","status":{"token":"short"}}`, '{"kind":"ExecCredential","status":{"token":"[hidden]"}}'],
  ['{"accessToken": "a b", "expiresOn": "2026"}', '{"accessToken": "[hidden]", "expiresOn": "2026"}'],
  [String.raw`err="{\"token\":\"s p\"}"`, String.raw`err="{\"token\":"[hidden]"}"`],
  ['AWS_SECRET_ACCESS_KEY=abc/def+1', 'AWS_SECRET_ACCESS_KEY=[hidden]'],
  ['key AKIAIOSFODNN7EXAMPLE is inactive', 'key [hidden] is inactive'],
  ['k8s-aws-v1.aHR0cHM6Ly9zdHM', '[hidden]'],
  ['Get "https://u:p4ss@api.example.org/api": EOF', 'Get "https://[hidden]@api.example.org/api": EOF'],
  ['az login --client-secret x7 --tenant t', 'az login --client-secret [hidden] --tenant t'],
  ['password: hunter', 'password: [hidden]'],
  ['client_secret: abc', 'client_secret: [hidden]'],
  ['refresh_token: 1//0gAbc', 'refresh_token: [hidden]'],
  ['redirect https://login/?code=0.AbC&state=1', 'redirect https://login/?code=[hidden]&state=1'],
  [`line of a key ${OPAQUE}`, 'line of a key [hidden]'],
  ['sum 0123456789abcdef0123456789abcdef01234567', 'sum [hidden]'],
])('%s', (line, plain) => expect(redactSecrets(line)).toBe(plain));

/** What people need to read stays as it is. */
test.each([
  ['Error loading SSO Token: Token for prod has expired'],
  ['error: You must be logged in to the server (Unauthorized)'],
  ['Unable to connect to the server: getting credentials: exec: executable aws failed with exit code 255'],
  [
    'pods "prometheus-server-5d8f7b9c66-x2x4z-0123456789-abcdef" is forbidden: User "u" cannot create resource "pods/portforward"',
  ],
  ['error: context "arn:aws:eks:eu-west-1:123456789012:cluster/Payments-Prod" does not exist'],
  ['error: cannot construct google default token source: google: could not find default credentials.'],
  [
    'The connection to the server api.prod-eu-west-1.example.org:6443 was refused - did you specify the right host or port?',
  ],
  ['error: open /home/Ann/.kube/cache/oidc-login/token: no such file or directory'],
  [
    'an error occurred forwarding 55553 -> 9090: error forwarding port 9090 to pod 11111111-2222-3333-4444-555555555555, uid : x',
  ],
])('%s stays', (line) => expect(redactSecrets(line)).toBe(line));

test('whatever stands around it: no token survives', () => {
  const around = fc.string({ maxLength: 30 }).map((text) => text.replaceAll(/[\w+=-]/g, ' '));
  fc.assert(
    fc.property(
      around,
      fc.constantFrom(JWT, OPAQUE),
      around,
      (before, secret, after) => !redactSecrets(before + secret + after).includes(secret),
    ),
  );
});

test.each(['a-Token:', 'a', 'aB3', '"', 'token'])('a line of nothing but %j is cut, and quickly', (part) => {
  const startedAt = performance.now();
  expect(redactSecrets(part.repeat(100_000)).length).toBeLessThanOrEqual(10_000);
  expect(performance.now() - startedAt).toBeLessThan(2_000);
});
