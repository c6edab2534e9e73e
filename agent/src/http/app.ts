import { randomUUID } from 'node:crypto';
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { AgentError, isAgentError } from '../core/errors.ts';
import { accessRoutes } from './access-routes.ts';
import { agentRoutes } from './agent-routes.ts';
import { anomalyRoutes } from './anomaly-routes.ts';
import { createAnswer, NO_QUERY, type AnswerJson } from './answer-json.ts';
import { createAuth, type Auth, type Tokens } from './auth.ts';
import { baselineRoutes } from './baseline-routes.ts';
import { jsonBody, toRequestError } from './body.ts';
import { changeRoutes } from './change-routes.ts';
import { watchChanges } from './changes.ts';
import { clusterRoutes } from './cluster-routes.ts';
import { allowOrigins } from './cors.ts';
import type { CredentialState } from './credential-state.ts';
import { enrolmentRoutes } from './enrolment-routes.ts';
import { toFailure } from './errors.ts';
import { createHeldTags } from './etag.ts';
import { watchEventLoop } from './event-loop.ts';
import { createEventStream, type StreamLimits } from './event-stream.ts';
import { createFleetItems } from './fleet-items.ts';
import { grafanaRoutes } from './grafana/routes.ts';
import { createHostCheck, type HostSettings } from './hosts.ts';
import { hpaRoutes } from './hpa-routes.ts';
import { parseInput } from './input.ts';
import { muteRoutes } from './mute-routes.ts';
import { resolveSoftly } from './names.ts';
import { openApiDocument } from './openapi.ts';
import { hpaFacts } from './present-hpa.ts';
import { PREVIEW_PATH } from './preview/preview.ts';
import { createRefusalReport } from './refusals.ts';
import type { Route } from './route.ts';
import { seriesRoutes } from './series-routes.ts';
import type { Services } from './services.ts';
import { statusRoutes } from './status-routes.ts';
import { createThrottle, type Throttle } from './throttle.ts';

export type AppSettings = HostSettings & {
  /** The tokens there are now: the same object until they change. */
  tokens: () => Tokens;
  /** Files of tokens and certificate; absent: there are none. */
  credentials?: () => readonly CredentialState[];
  /** Pages of other origins that may call; absent: none. */
  corsOrigins?: readonly string[];
  /** Shared with the preview; absent: the API has one of its own. */
  throttle?: Throttle;
  stream?: Partial<StreamLimits>;
  /** The page that shows the plugin; absent: there is none. */
  preview?: Router;
};

export type App = {
  app: Express;
  routes: readonly Route[];
  /** Ends the event streams and hears no further event. */
  stop(): void;
};

/** The HTTP API over `services`. It listens nowhere by itself: see `startHttp`. */
export function createApp(services: Services, settings: AppSettings): App {
  const changes = watchChanges(services.events);
  const loop = watchEventLoop(services.clock);
  const tags = createHeldTags(changes, services.clock);
  const items = createFleetItems({
    ...services,
    changes,
    facts: () => hpaFacts(services.anomalies.firing(), services.clock.now()),
  });
  const auth = createAuth(settings.tokens, settings.throttle ?? createThrottle(services.clock));
  const stream = createEventStream({
    events: services.events,
    clock: services.clock,
    knows: (caller) => auth.knows(caller),
    limits: settings.stream,
  });
  let document: object | null = null;
  const openApi = () => (document ??= openApiDocument(routes, services.version));
  const routes: Route[] = [
    ...enrolmentRoutes(services),
    ...hpaRoutes({ ...services, items }),
    ...changeRoutes(services),
    ...seriesRoutes({ ...services, items }),
    ...baselineRoutes(services),
    ...muteRoutes(services),
    ...anomalyRoutes(services),
    ...statusRoutes({ ...services, items, loop, credentials: settings.credentials ?? (() => []) }),
    ...clusterRoutes(services),
    ...grafanaRoutes({ ...services, items, loop }),
    ...accessRoutes(services),
    ...agentRoutes({ ...services, stream, openApi }),
  ];

  const stop = () => {
    stream.stop();
    changes.stop();
    items.stop();
    loop.stop();
  };

  const app = express();
  app.disable('etag').enable('case sensitive routing');
  if (settings.preview) app.use(PREVIEW_PATH, settings.preview);
  app.use(helmet(), (_req, res, next) => {
    res.set('cache-control', 'no-store');
    next();
  });
  const open = routes.filter((route) => route.kind === 'raw' && route.open);
  const clusterOf = (name: string) => resolveSoftly(services.fleet, name).name;
  const answer = createAnswer({ changes, tags, clusterOf });
  mount(app, open, answer);
  app.use(hostGuard(settings), allowOrigins(settings.corsOrigins ?? []), tokenGuard(auth));
  mount(
    app,
    routes.filter((route) => !open.includes(route)),
    answer,
  );
  app.use((req) => {
    throw new AgentError('request/not-found', `There is no ${req.path}; GET /openapi.json tells what there is`, {
      details: { field: 'path', value: req.path, allowed: 'see /openapi.json' },
    });
  });
  app.use(answerError(services));
  return { app, routes, stop };
}

/** Each path with its methods; any other method on it is 405 with Allow. */
function mount(app: Express, routes: readonly Route[], answer: AnswerJson): void {
  const paths = new Set(routes.map(({ path }) => path));
  for (const path of paths) {
    const here = routes.filter((route) => route.path === path);
    const pattern = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const route of here) app[route.method](pattern, ...handlersOf(route, answer));
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

function hostGuard(settings: HostSettings): RequestHandler {
  const checkHost = createHostCheck(settings);
  return (req, _res, next) => {
    checkHost(req.headers.host);
    next();
  };
}

function tokenGuard(auth: Auth): RequestHandler {
  return (req, res, next) => {
    try {
      const { access, id } = auth.check({
        method: req.method,
        path: req.path,
        authorization: req.headers.authorization,
        address: req.socket.remoteAddress,
      });
      Object.assign(res.locals, { access, caller: id });
    } catch (error) {
      if (error instanceof AgentError && (error.code === 'auth/required' || error.code === 'auth/denied'))
        res.set('www-authenticate', 'Bearer realm="hpa-watch"');
      throw error;
    }
    next();
  };
}

function handlersOf(route: Route, answer: AnswerJson): RequestHandler[] {
  if (route.kind === 'raw')
    return [
      (req, res) => {
        if (!route.open) parseInput(NO_QUERY, req.query, 'query');
        return route.handle(req, res);
      },
    ];
  return [...(route.body ? jsonBody() : []), answer(route)];
}

function answerError({ logger, metrics, clock }: Pick<Services, 'logger' | 'metrics' | 'clock'>): ErrorRequestHandler {
  const report = createRefusalReport({ logger, metrics, clock });
  return (thrown, req, res, _next) => {
    const error = toRequestError(thrown);
    const requestId = randomUUID();
    const { status, body } = toFailure(error, requestId);
    report(body.code, req);
    const log = { requestId, method: req.method, path: req.path, status, code: body.code };
    // What was broken off since its client had gone is no failure of ours.
    const isGone = res.destroyed && body.code !== 'agent/internal';
    // That a database over the network is away is told once, and not for each question.
    const isKnown = body.code === 'storage/unreachable';
    if (status >= 500 && !isGone && !isKnown) logger.error({ ...log, err: error }, 'request failed');
    else logger.debug(log, body.message);
    if (res.headersSent || res.destroyed) return void res.destroy();
    if (status === 503) res.set('retry-after', '5');
    if (status === 429) res.set('retry-after', String(retryAfterSeconds(error)));
    res.status(status).json(body);
  };
}

const retryAfterSeconds = (error: unknown): number =>
  (isAgentError(error) && (error.details as { retry_after_seconds?: number }).retry_after_seconds) || 5;
