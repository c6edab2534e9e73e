import express, { type RequestHandler } from 'express';
import { AgentError, isAgentError } from '../core/errors.ts';

export const MAX_BODY_BYTES = 1_048_576;
/** What the API knows is five levels deep, a query of Grafana with its payload some more. */
const MAX_DEPTH = 32;
const JSON_TYPE = 'application/json';

/** Reads a JSON body of at most 1 MiB. No compressed bodies: they could unfold to more than they look like. */
export const jsonBody = (): RequestHandler[] => [
  (req, res, next) => {
    // `is` gives null where there is no body; whether one is needed is the schema's to say.
    if (req.is(JSON_TYPE) === false && req.headers['content-length'] !== '0')
      throw unsupported('Content-Type', req.headers['content-type'] ?? null, JSON_TYPE);
    if (req.headers.expect !== undefined) res.writeContinue();
    next();
  },
  express.json({ limit: MAX_BODY_BYTES, type: JSON_TYPE, inflate: false, strict: true }),
  (req, _res, next) => {
    if (isDeeperThan(MAX_DEPTH, req.body))
      throw badBody(`The body is nested deeper than ${MAX_DEPTH} levels`, `at most ${MAX_DEPTH} levels`);
    next();
  },
];

/** Without recursion: what is to be found out is whether anything that recurses would come to an end of the stack. */
function isDeeperThan(most: number, value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    level = level.flatMap((one): unknown[] => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return false;
}

const unsupported = (field: string, value: unknown, allowed: string): AgentError =>
  new AgentError('request/unsupported-media-type', `${field} is ${JSON.stringify(value)}; allowed: ${allowed}`, {
    details: { field, value, allowed },
  });

/** What express and its body parser throw, as AgentErrors; anything else stays as it is. */
export function toRequestError(thrown: unknown): unknown {
  if (isAgentError(thrown) || !(thrown instanceof Error)) return thrown;
  const { type } = thrown as Error & { type?: string };
  switch (type) {
    case 'entity.too.large':
      return new AgentError('request/too-large', `The body is larger than ${MAX_BODY_BYTES} bytes`, {
        details: { field: 'body', value: (thrown as { length?: number }).length ?? null, allowed: MAX_BODY_BYTES },
      });
    case 'entity.parse.failed':
      return badBody('The body is not a JSON object', 'a JSON object');
    case 'encoding.unsupported':
      return unsupported('Content-Encoding', (thrown as { encoding?: string }).encoding ?? null, 'identity');
    case 'charset.unsupported':
      return unsupported('charset', (thrown as { charset?: string }).charset ?? null, 'utf-8');
    case 'request.aborted':
    case 'request.size.invalid':
      return badBody('The body ended before its length', 'as many bytes as Content-Length says');
  }
  if (thrown instanceof URIError)
    return new AgentError('request/invalid', 'The path is not percent-encoded UTF-8', {
      details: { field: 'path', value: null, allowed: 'percent-encoded UTF-8' },
    });
  return thrown;
}

const badBody = (message: string, allowed: string): AgentError =>
  new AgentError('request/invalid', message, { details: { field: 'body', value: null, allowed } });
