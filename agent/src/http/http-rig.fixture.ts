import { expect } from '@jest/globals';
import { errorAnswerSchema } from '../contract/common.ts';
import { createApp, type App, type AppSettings } from './app.ts';
import type { Tokens } from './auth.ts';
import { fakeWorld, type FakeWorld } from './fake-services.fixture.ts';
import type { JsonRoute } from './route.ts';
import { startHttp, type RunningHttp } from './server.ts';

export const WRITE_TOKEN = 'write-token-1';
export const READ_TOKEN = 'read-token-1';

export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };
export type CallOptions = { token?: string | null; body?: unknown; raw?: string; headers?: Record<string, string> };

export type HttpRig = {
  world: FakeWorld;
  built: App;
  server: RunningHttp;
  /**
   * One call with the write token unless told otherwise; `body` goes as JSON, `raw` as it is. Whatever comes back must be
   * exactly what the contract says: no field less, none more.
   */
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Tells the agent, as a scan does, that the world may have changed. */
  scanned(): void;
  stop(): Promise<void>;
};

/** The real app on a real server on a free loopback port, over a fake world. */
export async function startRig(settings: Partial<AppSettings> & Partial<Tokens> = {}): Promise<HttpRig> {
  const { writeTokens = [WRITE_TOKEN, 'write-token-2'], readTokens = [READ_TOKEN], ...others } = settings;
  const tokens = { writeTokens, readTokens };
  const world = fakeWorld();
  const built = createApp(world.services, {
    tokens: () => tokens,
    listenHost: '127.0.0.1',
    allowedHosts: [],
    ...others,
  });
  const server = await startHttp({ app: built.app, host: '127.0.0.1', port: 0 });
  return {
    world,
    built,
    server,
    async call(method, path, { token = WRITE_TOKEN, body, raw, headers = {} } = {}) {
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent }),
      });
      const text = await response.text();
      const isJson = response.headers.get('content-type')?.startsWith('application/json') && text !== '';
      const answer = (isJson ? JSON.parse(text) : { text }) as Record<string, unknown>;
      if (isJson) expectContract(built, method, path, response.status, answer);
      return { status: response.status, headers: response.headers, body: answer };
    },
    scanned() {
      const at = new Date(world.clock.now()).toISOString();
      world.services.events.publish({
        type: 'scan',
        at,
        cluster: 'prod',
        result: 'ok',
        duration_ms: 9,
        hpas: 1,
        rows: 1,
      });
    },
    async stop() {
      built.stop();
      await server.stop();
    },
  };
}

/** The JSON route that answers `path`. */
function routeOf(built: App, method: string, path: string): JsonRoute | undefined {
  const bare = path.replace(/\?.*/, '');
  return built.routes.find(
    (route): route is JsonRoute =>
      route.kind === 'json' &&
      route.method.toUpperCase() === method &&
      new RegExp(`^${route.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  );
}

function expectContract(built: App, method: string, path: string, status: number, body: unknown): void {
  const route = routeOf(built, method, path);
  const schema = status >= 400 ? errorAnswerSchema : route?.answers[status];
  if (route && !schema) throw new Error(`${method} ${route.path} answers ${status}, which its contract does not know`);
  // What the schema does not know is dropped by parse, so equality finds it.
  if (schema) expect(schema.parse(body)).toEqual(body);
}
