const HIDDEN = '[hidden]';

/** `password`, `client_secret`, `"accessToken"`, `\"token\"`, ...: the name of something that is not to be shown, with its quotes. */
const SECRET_NAME = String.raw`[\w-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|key[_-]data|credential|assertion|signature)\\?["']?`;

const RULES: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  // JSON Web Tokens, and what cloud providers' tokens begin with
  [/\beyJ[\w-]+(?:\.[\w-]*)+/g, HIDDEN],
  [/\b(?:k8s-aws-v1\.|ya29\.|dop_v1_|gh[pousr]_|sk_|xox\w-)[\w.~+/=-]+/g, HIDDEN],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}\b/g, HIDDEN],
  // https://user:password@host
  [/(\/\/)[^/\s@"']+@/g, `$1${HIDDEN}@`],
  [/([?&](?:code|sig|key)=)[^&\s"']+/gi, `$1${HIDDEN}`],
  [new RegExp(String.raw`(--${SECRET_NAME}[ =]["']?)[^\s"']+`, 'gi'), `$1${HIDDEN}`],
  // name="value", "name": "value", name=value
  [new RegExp(String.raw`(${SECRET_NAME}\s*[:=]\s*)(?:"[^"]*"|'[^']*'|\\"[^"]*")`, 'gi'), `$1"${HIDDEN}"`],
  [new RegExp(String.raw`(${SECRET_NAME}\s*=\s*)[^\s"',;&}]+`, 'gi'), `$1${HIDDEN}`],
  // "password: x"; of others only what is no plain word, since "SSO Token: Token for X has expired" is told
  [/(\b[\w-]*(?:password|passwd|secret)\s*:\s*)[^\s"',;&}]+/gi, `$1${HIDDEN}`],
  [new RegExp(String.raw`(${SECRET_NAME}\s*:\s*)(?=\S*\d|\S{20})[^\s"',;&}]{6,}`, 'gi'), `$1${HIDDEN}`],
  // Names in Kubernetes have no capitals: a long run of capitals, small letters and digits is a token, or a line of a key.
  [/(?<![\w+=-])(?=[\w+=-]*[A-Z])(?=[\w+=-]*[a-z])(?=[\w+=-]*\d)[\w+=-]{32,}/g, HIDDEN],
  [/\b[0-9a-f]{40,}\b/gi, HIDDEN],
];

/** Longer than any line that tells something; what is longer would also take its time. */
const MAX_LENGTH = 4_000;

/**
 * A line of kubectl or of a credentials plugin without what could be a secret: such lines go into logs, the status and answers.
 * Told by the name before it, by its shape, or by being long and random; a short secret in plain words is not found.
 */
export const redactSecrets = (line: string): string =>
  RULES.reduce((text, [sign, by]) => text.replace(sign, by), line.slice(0, MAX_LENGTH));
