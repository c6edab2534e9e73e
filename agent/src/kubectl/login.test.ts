import { expect, test } from '@jest/globals';
import { stringify } from 'yaml';
import { loginOf } from './login.ts';

const SECRET = 'never-to-be-seen';

const kubeconfig = (user: object, name = 'ann') =>
  stringify({ contexts: [{ name: 'prod', context: { cluster: 'c', user: name } }], users: [{ name, user }] });
const exec = (command: string, args: string[] = [], env: Record<string, string> = {}) => ({
  exec: {
    command,
    args: [...args, '--client-secret', SECRET],
    env: Object.entries({ ...env, SECRET }).map(([key, value]) => ({ name: key, value })),
  },
});

test.each<[string, object, string | null, RegExp]>([
  ['EKS', exec('aws', ['eks', 'get-token']), 'aws', /run `aws sso login`,/],
  ['EKS, a profile by argument', exec('aws', ['--profile', 'prod-eu']), 'aws', /run `aws sso login --profile prod-eu`/],
  ['EKS, a profile by variable', exec('aws', [], { AWS_PROFILE: 'x' }), 'aws', /run `aws sso login --profile x`/],
  ['a profile that is a command', exec('aws', ['--profile=x; rm -rf ~']), 'aws', /run `aws sso login`,/],
  ['Windows', exec('C:\\Program Files\\aws.exe'), 'aws', /run `aws sso login`/],
  ['GKE', exec('gke-gcloud-auth-plugin'), 'gke-gcloud-auth-plugin', /run `gcloud auth login`/],
  [
    'GKE by default credentials',
    exec('/opt/gke-gcloud-auth-plugin', ['--use_application_default_credentials']),
    'gke-gcloud-auth-plugin',
    /run `gcloud auth application-default login`/,
  ],
  ['AKS by az', exec('kubelogin', ['get-token', '--login', 'azurecli']), 'kubelogin', /run `az login`/],
  ['AKS, a service principal', exec('kubelogin', ['-l', 'spn']), 'kubelogin', /renew the service principal/],
  ['AKS, an identity', exec('kubelogin', ['--login=workloadidentity']), 'kubelogin', /workload identity/],
  ['AKS, a device code', exec('kubelogin'), 'kubelogin', /context "prod" once in a terminal/],
  ['OIDC', exec('kubelogin', ['--oidc-issuer-url=https://x']), 'kubelogin', /where kubelogin can ask you/],
  ['DigitalOcean', exec('doctl'), 'doctl', /run `doctl auth init`/],
  ['Teleport', exec('tsh'), 'tsh', /run `tsh login`/],
  ['any other', exec('./my-login'), 'my-login', /in a terminal, where my-login can ask you/],
  ['a name that objects have', exec('constructor'), 'constructor', /where constructor can ask you/],
  ['a token', { token: SECRET }, null, /its token has ended or was revoked/],
  ['a token in a file', { tokenFile: '/x', token: SECRET }, null, /in its tokenFile has ended/],
  ['a certificate', { 'client-certificate-data': SECRET, 'client-key-data': SECRET }, null, /client certificate/],
  ['a password', { username: 'u', password: SECRET }, null, /take no user name and password/],
  [
    'what old kubectls had',
    { 'auth-provider': { name: 'gcp', config: { t: SECRET } } },
    null,
    /gone from kubectl 1.26/,
  ],
  ['nothing', {}, null, /no credentials for it/],
])('%s: program and what to renew, and no credential', (_, user, program, renew) => {
  const login = loginOf([kubeconfig(user)], 'prod');
  expect(login).toEqual({ user: 'ann', program, renew: expect.stringMatching(renew) });
  expect(JSON.stringify(login)).not.toContain(SECRET);
});

test('of several files the first that names a user counts, as with kubectl', () => {
  const login = loginOf([kubeconfig({ token: 'x' }), kubeconfig(exec('aws'))], 'prod');
  expect(login?.program).toBeNull();
});

test('a user entry that is missing has no credentials', () => {
  const yaml = stringify({ contexts: [{ name: 'prod', context: { user: 'gone' } }] });
  expect(loginOf([yaml], 'prod')).toMatchObject({ user: 'gone', renew: expect.stringMatching(/no credentials/) });
});

test.each([
  ['no such context', kubeconfig({}).replace('prod', 'other')],
  ['no YAML', '{'],
  ['a list', '- a'],
  ['an exec without a command', kubeconfig({ exec: {} })],
  ['a context without a user', 'contexts: [{name: prod, context: {}}]'],
  ['a context that is text', 'contexts: [{name: prod, context: x}]'],
])('%s tells nothing', (_, yaml) => expect(loginOf([yaml], 'prod')).toBeNull());
