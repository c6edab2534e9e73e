import type { KubectlFault } from '../core/errors.ts';
import type { LocalEndpoint } from '../domain/cluster.ts';

/** `Forwarding from 127.0.0.1:55553 -> 9090`: kubectl listens. Necessary for a forward, not sufficient. */
export function listeningOn(line: string): LocalEndpoint | null {
  const match = /^Forwarding from (?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5}) -> \d+/.exec(line);
  const port = Number(match?.[3]);
  if (!match || !(port >= 1 && port <= 65_535)) return null;
  return { address: match[1] ?? match[2] ?? '', port };
}

/** What went wrong, and the line that told. */
export type Diagnosis = { fault: KubectlFault; line: string };

/**
 * What each fault looks like on stderr, the most telling first: when several are there (kubectl 1.30 and later say "lost
 * connection to pod" after "connection refused" of the backend), the first of this list is the cause and the others follow from it.
 * Taken from kubectl 1.20 and 1.35 as they answer, and from cmd/util/helpers.go, tools/portforward and plugin/pkg/client/auth/exec.
 */
const SIGNS: readonly (readonly [KubectlFault, RegExp])[] = [
  ['context-missing', /context "[^"]*" does not exist|context was not found for specified context|no context chosen/],
  [
    'kubeconfig-unreadable',
    /error loading config file|^error: stat .*: no such file|^error: open .*(?:denied|no such file)|Missing or incomplete configuration info/,
  ],
  [
    'credentials-plugin',
    /getting credentials: |exec plugin|auth plugin has been removed|auth provider|token source|refreshing credentials/i,
  ],
  [
    'unauthorised',
    /You must be logged in to the server|asked for the client to provide credentials|\bUnauthorized\b|Please enter (?:Username|Password)|^error: EOF$|unable to read client-(?:cert|key)|client-key-data or client-key must be/,
  ],
  ['forbidden', /\bis forbidden\b|\(Forbidden\)|: forbidden:/],
  ['service-missing', /services? "[^"]*" not found|namespaces "[^"]*" not found|Service is defined without a selector/],
  ['port-missing', /does not have a (?:service|named) port/],
  ['port-in-use', /address already in use|cannot assign requested address|bind: permission denied/],
  ['port-in-use', /unable to listen on any of the requested ports/i],
  [
    'no-running-pod',
    /pod is not running|timed out waiting for the condition|no pods? (?:is |are )?(?:available|found|running)|pods "[^"]*" not found/,
  ],
  ['backend-refused', /an error occurred forwarding|error forwarding port/i],
  [
    'api-unreachable',
    /connection to the server .* was refused|Unable to connect to the server|error dialing backend|TLS handshake timeout|i\/o timeout|no such host|no route to host|network is unreachable|server is currently unable|^Error from server|error upgrading connection|context deadline exceeded|^error: Get "/,
  ],
  ['connection-lost', /lost connection to pod|connection reset by peer|broken pipe|Timeout occurred/i],
];

/** The cause among kubectl's last lines on stderr, the latest line that shows it; null where none of them tells. */
export function diagnose(stderr: readonly string[]): Diagnosis | null {
  for (const [fault, sign] of SIGNS) {
    const line = stderr.findLast((text) => sign.test(text));
    if (line !== undefined) return { fault, line: plainLine(line) };
  }
  return null;
}

/**
 * What an exec credential plugin said itself (its stderr is kubectl's stderr): the lines that kubectl did not write, each once, for instance
 * "token expired, run az login".
 */
export function pluginWords(stderr: readonly string[]): string | null {
  const own = stderr
    .filter((line) => !KLOG.test(line) || FATAL.test(line))
    .filter(
      (line) =>
        !/^(?:error: |Error from|Unable to|It looks like you|To learn more|\S*https?:\/\/)|getting credentials/.test(
          line,
        ),
    )
    .map((line) => plainLine(line))
    .filter((line) => /\w{2}/.test(line));
  const words = [...new Set(own)].join(' ');
  return words === '' ? null : words.length > MAX_WORDS ? `${words.slice(0, MAX_WORDS)} ...` : words;
}

/** gcloud tells what to do at the end of several sentences. */
const MAX_WORDS = 400;

/** "E1123 19:29:05.728410    9313 portforward.go:400] " */
const KLOG = /^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+\s+\d+ \S+\] /;

/** kubectl ends by words, never by a fatal line of the log; a plugin made with the same library does. */
const FATAL = /^F\d{4} /;

/** A line without kubectl's own decoration: log prefix, `"Unhandled Error" err="..."`, `error: `. */
export function plainLine(line: string): string {
  let text = line.replace(KLOG, '');
  const wrapped = /^"[^"]*" err="(.*)"$/.exec(text);
  if (wrapped) text = (wrapped[1] ?? '').replaceAll('\\"', '"');
  return text.replace(/^error: /, '').trim();
}
