import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import { z } from 'zod';
import { AgentError } from '../core/errors.ts';
import { agentRoutes } from './agent-routes.ts';
import { anomalyRoutes } from './anomaly-routes.ts';
import { createAuth, type AuthSettings } from './auth.ts';
import { baselineRoutes } from './baseline-routes.ts';
import { jsonBody, toRequestError } from './body.ts';
import { changeRoutes } from './change-routes.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { toFailure } from './errors.ts';
import { isHeld, weakEtag } from './etag.ts';
import { createEventStream, type StreamLimits } from './event-stream.ts';
import { createHostCheck, type HostSettings } from './hosts.ts';
import { hpaRoutes } from './hpa-routes.ts';
import { parseInput } from './input.ts';
import { muteRoutes } from './mute-routes.ts';
import { openApiDocument } from './openapi.ts';
import type { JsonRoute, Route } from './route.ts';
import type { Services } from './services.ts';
import { statusRoutes } from './status-routes.ts';

export type AppSettings = AuthSettings & HostSettings & { stream?: Partial<StreamLimits> };

export type App = {
  app: Express;
  routes: readonly Route[];
  /** Ends the event streams and hears no further event. */
  stop(): void;
};

/** The HTTP API over `services`. It listens nowhere by itself: see `startHttp`. */
export function createApp(services: Services, settings: AppSettings): App {
  const stream = createEventStream({ events: services.events, clock: services.clock, limits: settings.stream });
  let document: object | null = null;
  const openApi = () => (document ??= openApiDocument(routes, services.version));
  const routes: Route[] = [
    ...enrolmentRoutes(services),
    ...hpaRoutes(services),
    ...changeRoutes(services),
    ...baselineRoutes(services),
    ...muteRoutes(services),
    ...anomalyRoutes(services),
    ...statusRoutes(services),
    ...clusterRoutes(services),
    ...agentRoutes({ ...services, stream, openApi }),
  ];

  const app = express();
  app.disable('etag').enable('case sensitive routing');
  app.use(helmet(), (_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  const open = routes.filter((route) => route.kind === 'raw' && route.open);
  mount(app, open);
  app.use(guard(settings));
  mount(
    app,
    routes.filter((route) => !open.includes(route)),
  );
  app.use((req) => {
    throw new AgentError('request/not-found', `There is no ${req.path}; GET /openapi.json tells what there is`, {
      details: { field: 'path', value: req.path, allowed: 'see /openapi.json' },
    });
  });
  app.use(answerError(services));
  return { app, routes, stop: () => stream.stop() };
}

/** Each path with its methods; any other method on it is 405 with Allow. */
function mount(app: Express, routes: readonly Route[]): void {
  const paths = new Set(routes.map(({ path }) => path));
  for (const path of paths) {
    const here = routes.filter((route) => route.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of here) app[route.method](pattern, ...handlersOf(route));
    const allow = here
      .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))
      .join(', ');
    app.all(pattern, (req, res) => {
      res.set('allow', allow);
      throw new AgentError(
        'request/method-not-allowed',
        `${req.method} is not allowed on ${req.path}; allowed: ${allow}`,
        {
          details: { field: 'method', value: req.method, allowed: allow.split(', ') },
        },
      );
    });
  }
}

function guard(settings: AppSettings): RequestHandler {
  const auth = createAuth(settings);
  const checkHost = createHostCheck(settings);
  return (req, res, next) => {
    checkHost(req.headers.host);
    try {
      auth.check({ method: req.method, path: req.path, authorization: req.headers.authorization });
    } catch (error) {
      if (error instanceof AgentError && error.code !== 'auth/read-only')
        res.set('www-authenticate', 'Bearer realm="hpa-watch"');
      throw error;
    }
    next();
  };
}

function handlersOf(route: Route): RequestHandler[] {
  if (route.kind === 'raw')
    return [
      (req, res) => {
        if (!route.open) parseInput(NO_QUERY, req.query, 'query');
        return route.handle(req, res);
      },
    ];
  return [...(route.body ? jsonBody() : []), answerJson(route)];
}

const answerJson =
  (route: JsonRoute): RequestHandler =>
  async (req, res) => {
    const gone = new AbortController();
    res.on('close', () => {
      if (!res.writableFinished) gone.abort(new AgentError('agent/aborted', 'the client is gone'));
    });
    const { status, body } = await route.handle({
      params: route.params && parseInput(route.params, req.params, 'path'),
      query: parseInput(route.query ?? NO_QUERY, req.query, 'query'),
      body: route.body && parseInput(route.body, req.body, 'body'),
      signal: gone.signal,
    });
    if (res.destroyed) return;
    if (route.fingerprint && status === 200) {
      const etag = weakEtag(route.fingerprint(body));
      res.set('etag', etag);
      if (isHeld(req.get('if-none-match'), etag)) return void res.status(304).end();
    }
    res.status(status).json(body);
  };

const NO_QUERY = z.strictObject({});

const answerError =
  ({ logger }: Pick<Services, 'logger'>): ErrorRequestHandler =>
  (thrown, req, res, _next) => {
    const error = toRequestError(thrown);
    const requestId = randomUUID();
    const { status, body } = toFailure(error, requestId);
    const log = { requestId, method: req.method, path: req.path, status, code: body.code };
    if (status >= 500) logger.error({ ...log, err: error }, 'request failed');
    else logger.debug(log, body.message);
    if (res.headersSent || res.destroyed) return void res.destroy();
    if (status === 503) res.set('retry-after', '5');
    res.status(status).json(body);
  };
