import { join } from 'node:path';
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { AgentError, isAgentError } from '../../core/errors.ts';
import { statusOf } from '../errors.ts';
import { createHostCheck, type HostSettings } from '../hosts.ts';
import { bootData, preferencesOf } from './boot-data.ts';
import { dataSourceSettings, passageOf, type PreviewDataSource } from './data-source.ts';
import { checkOrigin } from './origin.ts';
import { pluginFolders } from './plugin-folders.ts';
import { proxyTo } from './proxy.ts';
import { readCookies, SESSION_COOKIE, type Sessions } from './session.ts';
import { throwThrottled } from '../auth.ts';
import type { Throttle } from '../throttle.ts';

/** Everything of the preview lives below this path, as below the sub-path of a Grafana. */
export const PREVIEW_PATH = '/preview';

export type PreviewOptions = HostSettings & {
  sessions: Sessions;
  /** The built host page. */
  hostDir: string;
  /** The built app with its nested plugins. */
  pluginDir: string;
  /** Asked at each call: the address is known only once the server listens. */
  dataSources: () => readonly PreviewDataSource[];
  /** The certificate that the agent itself serves with now, PEM. */
  certificate: () => string | null;
  /** Shared with the API. */
  throttle: Throttle;
  isSecure: boolean;
  proxyTimeoutMs?: number;
};

const csp = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'"],
  // Emotion writes its rules into style elements.
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:', 'blob:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  workerSrc: ["'self'", 'blob:'],
  objectSrc: ["'none'"],
  baseUri: ["'self'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
};

/** The page that shows the app's production bundle without a Grafana, and the part of Grafana's server that the bundle needs. */
export function createPreview(options: PreviewOptions): Router {
  const { hostDir, pluginDir, isSecure } = options;
  const checkHost = createHostCheck(options);
  const router = express.Router({ caseSensitive: true });
  router.use(
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: csp },
      strictTransportSecurity: isSecure,
      referrerPolicy: { policy: 'same-origin' },
    }),
    (req, _res, next) => {
      checkHost(req.headers.host);
      next();
    },
  );
  router.get('/', openByLink(options));
  router.use('/public/build', express.static(hostDir, { index: false, setHeaders: cacheByName }));
  router.use('/public/fonts', express.static(join(hostDir, 'fonts'), { maxAge: '1d', index: false }));
  router.use('/public/plugins/:id', (req, res, next) => {
    const plugin = pluginFolders(pluginDir).find(({ json }) => json.id === req.params['id']);
    if (plugin === undefined) return next();
    express.static(plugin.folder, { index: false, setHeaders: cacheByName })(req, res, next);
  });
  router.use('/public', (req) => {
    throw new AgentError('request/not-found', `There is no ${req.baseUrl}${req.path}`);
  });
  router.use('/api', guard(options), createApi(options));
  router.get('/*page', (_req, res) => {
    res.set('cache-control', 'no-cache').sendFile(join(hostDir, 'index.html'));
  });
  router.use((req) => {
    throw new AgentError('request/not-found', `There is no ${req.baseUrl}${req.path}`);
  });
  router.use(answerError);
  return router;
}

/** A name with a hash in it is of one content for ever. */
const cacheByName = (res: express.Response, path: string): void => {
  const isHashed = /\.[0-9a-f]{16,}\.\w+$/.test(path);
  res.set('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache');
};

/** `?key=` is exchanged for the cookie and taken out of the address; what else stands there stays. */
function openByLink({ sessions, hostDir, isSecure }: PreviewOptions): RequestHandler {
  return (req, res) => {
    const page = () => void res.set('cache-control', 'no-store').sendFile(join(hostDir, 'index.html'));
    const { searchParams } = addressOf(req);
    const key = searchParams.get('key');
    if (key === null) return page();
    // A browser that looks ahead must not use the link up.
    if (req.method !== 'GET' || /prefetch|prerender/.test(req.get('sec-purpose') ?? ''))
      return void res.status(204).end();
    const isOpen = sessions.isOpen(sessionOf(req));
    const session = isOpen ? null : sessions.open(key);
    if (session !== null)
      res.cookie(SESSION_COOKIE, session, { httpOnly: true, sameSite: 'strict', path: PREVIEW_PATH, secure: isSecure });
    searchParams.delete('key');
    if (session === null && !isOpen) searchParams.set('link', 'used');
    const rest = searchParams.toString();
    res.set('cache-control', 'no-store').redirect(303, `${PREVIEW_PATH}/${rest === '' ? '' : `?${rest}`}`);
  };
}

/** @throws AgentError `request/invalid`: the request line may hold anything */
function addressOf({ originalUrl }: Request): URL {
  if (originalUrl.startsWith('/') && URL.canParse(originalUrl, 'http://preview'))
    return new URL(originalUrl, 'http://preview');
  throw new AgentError('request/invalid', 'The address is not a path');
}

const sessionOf = (req: Request): string | undefined => readCookies(req.headers.cookie).get(SESSION_COOKIE);

function guard({ sessions, throttle }: PreviewOptions): RequestHandler {
  return (req, res, next) => {
    res.set('cache-control', 'no-store');
    checkOrigin({ host: req.headers.host, origin: req.headers.origin, fetchSite: req.get('sec-fetch-site') });
    if (!sessions.isOpen(sessionOf(req))) {
      throwThrottled(throttle.failed(req.socket.remoteAddress, null));
      throw new AgentError('auth/required', 'Open the link that the agent printed when it started');
    }
    next();
  };
}

/** The few calls of Grafana's API that the page makes. */
function createApi({ pluginDir, dataSources, certificate, proxyTimeoutMs }: PreviewOptions): Router {
  const api = express.Router({ caseSensitive: true });
  const jsonData = new Map<string, object>();
  const preferences = (req: Request) => preferencesOf(readCookies(req.headers.cookie));
  api.get('/boot', (req, res) => {
    const stored = (id: string) => ({ jsonData: jsonData.get(id) ?? {} });
    res.json(bootData(PREVIEW_PATH, pluginFolders(pluginDir), dataSources(), stored, preferences(req)));
  });
  api.post('/plugins/:id/settings', express.json({ limit: '1mb', inflate: false }), (req, res) => {
    if (preferences(req).role !== 'Admin') throw new AgentError('auth/read-only', 'Only an Admin may change settings');
    const id = pluginFolders(pluginDir).find(({ json }) => json.id === req.params['id'])?.json.id;
    if (id === undefined) throw new AgentError('request/not-found', 'There is no such plugin');
    const given = (req.body as { jsonData?: unknown } | undefined)?.jsonData;
    if (typeof given === 'object' && given !== null) jsonData.set(id, given);
    res.json({ message: 'Plugin settings updated' });
  });
  api.get('/datasources/uid/:uid', (req, res) => {
    const uid = req.params['uid'];
    const source = dataSources().find((one) => one.uid === uid);
    if (source === undefined) return void res.status(404).json({ message: 'Data source not found' });
    res.json(dataSourceSettings(source));
  });
  api.all('/datasources/proxy/uid/:uid/*path', (req, res) => {
    const uid = req.params['uid'];
    const source = dataSources().find((one) => one.uid === uid);
    if (source === undefined) return void res.status(404).json({ message: 'Data source not found' });
    const { pathname, search } = addressOf(req);
    const before = `${PREVIEW_PATH}/api/datasources/proxy/uid/${source.uid}/`;
    if (!pathname.startsWith(before)) return void res.status(404).json({ message: 'Not found' });
    const path = pathname.slice(before.length);
    const routes = pluginFolders(pluginDir).flatMap(({ json }) =>
      json.type === 'datasource' ? (json.routes ?? []) : [],
    );
    const passage = passageOf(routes, source, { method: req.method, path, search, role: preferences(req).role });
    if (passage.kind === 'denied') return void res.status(403).json({ message: 'plugin proxy route access denied' });
    proxyTo(req, res, {
      ...passage,
      certificate: certificate(),
      ...(proxyTimeoutMs !== undefined && { timeoutMs: proxyTimeoutMs }),
    });
  });
  api.use((req, res) => void res.status(404).json({ message: `Not found: ${req.path}` }));
  return api;
}

/** Failures here have Grafana's shape: a message. */
const answerError: ErrorRequestHandler = (thrown: unknown, _req, res, _next) => {
  if (res.headersSent || res.destroyed) return void res.destroy();
  const status = isAgentError(thrown) ? statusOf(thrown) : ((thrown as { status?: number }).status ?? 500);
  const message = status < 500 && thrown instanceof Error ? thrown.message : 'The preview failed on this request';
  if (status === 429) res.set('retry-after', '1');
  res.status(status).json({ message, ...(isAgentError(thrown) && { code: thrown.code }) });
};
