import type { RequestHandler } from 'express';

const METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE';
const ASKED_WITH = 'authorization, content-type, if-none-match, last-event-id';
const READ_BY_PAGES = 'etag, retry-after, www-authenticate';
const PREFLIGHT_KEPT_SECONDS = 600;

/**
 * Lets pages of these origins, and no others, call the API with a token of their own. Without credentials: a browser adds no cookie. The
 * question before a call (preflight) is answered without a token, as browsers send none with it; it tells nothing but what stands here.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (req, res, next) => {
    if (allowed.size === 0) return next();
    res.vary('origin');
    const { origin } = req.headers;
    if (origin === undefined || !allowed.has(origin)) return next();
    res.set({ 'access-control-allow-origin': origin, 'access-control-expose-headers': READ_BY_PAGES });
    if (req.method !== 'OPTIONS' || req.headers['access-control-request-method'] === undefined) return next();
    res.set({
      'access-control-allow-methods': METHODS,
      'access-control-allow-headers': ASKED_WITH,
      'access-control-max-age': String(PREFLIGHT_KEPT_SECONDS),
    });
    res.status(204).end();
  };
}
