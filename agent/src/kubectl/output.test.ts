import { describe, expect, test } from '@jest/globals';
import { KUBECTL_FAULTS, type KubectlFault } from '../core/errors.ts';
import { kubectlError, NEEDS_A_PERSON } from './faults.ts';
import { diagnose, listeningOn, plainLine, pluginWords } from './output.ts';

test.each([
  ['Forwarding from 127.0.0.2:55553 -> 9090', { address: '127.0.0.2', port: 55553 }],
  ['Forwarding from [::1]:55553 -> 9090', { address: '::1', port: 55553 }],
  ['Handling connection for 55553', null],
  ['Please enter Username: ', null],
])('%s', (line, endpoint) => expect(listeningOn(line)).toEqual(endpoint));

const KLOG_OLD = 'E1123 19:29:05.728410    9313 portforward.go:400] ';
const KLOG_NEW = 'E1123 19:29:13.354712    9515 portforward.go:424] "Unhandled Error" err="';
const API_GROUPS =
  'E1123 19:29:17.063644    9590 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: ';
const REFUSED =
  'an error occurred forwarding 1 -> 9090: error forwarding port 9090 to pod x, uid : failed to connect to localhost:9090 inside namespace: dial tcp4 127.0.0.1:9090: connect: connection refused';

/** As kubectl 1.20 and 1.35 wrote them, the lines before the telling one included. */
describe('stderr', () => {
  test.each<[string, KubectlFault, string[]]>([
    ['unknown context', 'context-missing', ['error: context "nope" does not exist']],
    ['unknown context, other wording', 'context-missing', ['error: context was not found for specified context: nope']],
    ['no kubeconfig', 'kubeconfig-unreadable', ['error: stat none.json: no such file or directory']],
    [
      'broken kubeconfig',
      'kubeconfig-unreadable',
      ['error: error loading config file "bad.json": yaml: line 1: did not find expected node content'],
    ],
    ['401, 1.20', 'unauthorised', ['error: You must be logged in to the server (Unauthorized)']],
    [
      '401, 1.35',
      'unauthorised',
      [
        `${API_GROUPS}the server has asked for the client to provide credentials"`,
        'error: You must be logged in to the server (the server has asked for the client to provide credentials)',
      ],
    ],
    ['no credentials at all', 'unauthorised', ['error: EOF']],
    [
      'client certificate gone',
      'unauthorised',
      [
        'Error in configuration: ',
        '* unable to read client-cert /nope.crt for nofile due to open /nope.crt: no such file or directory',
      ],
    ],
    [
      'plugin missing',
      'credentials-plugin',
      [
        `${API_GROUPS}Get \\"https://127.0.0.1:1/api?timeout=32s\\": getting credentials: exec: executable kubelogin not found"`,
        'Unable to connect to the server: getting credentials: exec: executable kubelogin not found',
      ],
    ],
    [
      'azure plugin removed',
      'credentials-plugin',
      [
        'error: The azure auth plugin has been removed.',
        'Please use the https://github.com/Azure/kubelogin kubectl/client-go credential plugin instead.',
      ],
    ],
    [
      '403',
      'forbidden',
      [
        'error: error upgrading connection: pods "p-0" is forbidden: User "u" cannot create resource "pods/portforward" in API group ""',
      ],
    ],
    [
      '403 on the service',
      'forbidden',
      ['Error from server (Forbidden): services "prometheus-server" is forbidden: User "u" cannot get resource'],
    ],
    [
      'API server down, 1.35',
      'api-unreachable',
      [
        `${API_GROUPS}dial tcp 127.0.0.1:1: connect: connection refused"`,
        'The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?',
      ],
    ],
    [
      'name not found',
      'api-unreachable',
      ['Unable to connect to the server: dial tcp: lookup k8s.invalid: no such host'],
    ],
    ['kubelet unreachable', 'api-unreachable', ['error: error upgrading connection: error dialing backend: EOF']],
    ['no service', 'service-missing', ['Error from server (NotFound): services "prometheus-server" not found']],
    ['no namespace', 'service-missing', ['Error from server (NotFound): namespaces "monitoring" not found']],
    ['no such port', 'port-missing', ['error: Service prometheus-server does not have a service port 9090']],
    [
      'pod pending',
      'no-running-pod',
      ['error: unable to forward port because pod is not running. Current status=Pending'],
    ],
    ['no pod', 'no-running-pod', ['error: timed out waiting for the condition']],
    [
      'port taken',
      'port-in-use',
      [
        'Unable to listen on port 45939: Listeners failed to create with the following errors: [unable to create listener: Error listen tcp4 127.0.0.1:45939: bind: address already in use]',
        'error: unable to listen on any of the requested ports: [{45939 9090}]',
      ],
    ],
    ['refused, 1.20', 'backend-refused', [KLOG_OLD + REFUSED]],
    ['refused, 1.35', 'backend-refused', [`${KLOG_NEW}${REFUSED}"`, 'error: lost connection to pod']],
    ['lost, 1.20', 'connection-lost', ['E1123 19:29:07.491570    9360 portforward.go:233] lost connection to pod']],
    ['lost, 1.35', 'connection-lost', ['error: lost connection to pod']],
    ['frozen', 'connection-lost', [`${KLOG_OLD}error creating error stream for port 1 -> 9090: Timeout occurred`]],
  ])('%s: %s', (_, fault, lines) => expect(diagnose(lines)?.fault).toBe(fault));

  test.each([[[]], [['I1123 19:29:07.491570    9360 x.go:1] hello']]])('%j tells nothing', (lines) =>
    expect(diagnose(lines)).toBeNull(),
  );
});

test.each([
  ['error: lost connection to pod', 'lost connection to pod'],
  [`${KLOG_NEW}it said \\"no\\""`, 'it said "no"'],
  [`${KLOG_OLD}lost connection to pod`, 'lost connection to pod'],
])('%s in plain words', (line, plain) => expect(plainLine(line)).toBe(plain));

test.each<[string[], string | null]>([
  [
    [
      'token expired, run az login',
      'Unable to connect to the server: getting credentials: exec: executable az failed with exit code 1',
    ],
    'token expired, run az login',
  ],
  [
    [
      'Unable to connect to the server: getting credentials: exec: executable x not found',
      '',
      'To learn more about this feature',
      'install x',
    ],
    'install x',
  ],
  [['Unable to connect to the server: getting credentials: decoding stdout'], null],
])('the words of a credentials plugin: %j', (lines, words) => expect(pluginWords(lines)).toBe(words));

test.each(KUBECTL_FAULTS)('%s is told in a sentence that names where, then in the words of kubectl', (fault) => {
  const subject = {
    context: 'prod-admin',
    namespace: 'monitoring',
    service: 'prom',
    port: 9090,
    endpoint: null,
    kubectlPath: '/bin/k',
  };
  const error = kubectlError(fault, subject, { words: 'so it said' });
  expect(error.message).toContain(fault === 'not-found' ? '/bin/k' : '"prod-admin"');
  expect(error.message).toMatch(/\(kubectl: so it said\)$/);
  expect(error.retryable).toBe(!NEEDS_A_PERSON.has(fault));
  expect(error.details).toEqual({ context: 'prod-admin', kubectl: 'so it said' });
});
